/// <summary>
/// The connection to Dataverse, and names of tables on both sides.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration: Dataverse/CRMIntegrationManagement.Codeunit.al
/// (IsCDSIntegrationEnabled and IsCRMIntegrationEnabled register the connection in this session, IsCRMTable),
/// Dataverse/CDSConnectionSetup.Table.al and D365Sales/CRMConnectionSetup.Table.al (fields),
/// Dataverse/DataverseEntityChange.Table.al ("Table Metadata".ExternalName is the logical name).
/// </remarks>
codeunit 53391 "SyncErrors Dataverse"
{
    Access = Internal;
    Permissions = tabledata "CDS Connection Setup" = r,
                  tabledata "CRM Connection Setup" = r,
                  tabledata "Table Metadata" = r;

    var
        CRMIntegrationManagement: Codeunit "CRM Integration Management";
        BaseApplicationIdTok: Label '437dbf0e-84ff-417a-965d-ed2bb9650972', Locked = true;
        DataverseConnectionIdTok: Label '00007200-0000-4000-8000-000000000000', Locked = true;
        SalesConnectionIdTok: Label '00005330-0000-4000-8000-000000000000', Locked = true;
        ConnectionOffTxt: Label 'The connection to Dataverse is not enabled.', Locked = true;

    /// <summary>
    /// Whether a connection to Dataverse is enabled and registered in this session. Without it no table of Dataverse may be
    /// opened: "Table connection for table type CRM must be registered ...".
    /// </summary>
    /// <returns>False also where the connection cannot be registered.</returns>
    procedure IsConnected(): Boolean
    begin
        if not TryRegister() then
            exit(false);
        exit(HasTableConnection(TableConnectionType::CRM, GetDefaultTableConnection(TableConnectionType::CRM)));
    end;

    /// <summary>
    /// Refuses where there is no connection.
    /// </summary>
    procedure ExpectConnection()
    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
    begin
        if not IsConnected() then
            SyncErrorsGuard.Refuse('ConnectionOff', ConnectionOffTxt);
    end;

    /// <summary>
    /// Whether a table is one of Dataverse.
    /// </summary>
    /// <param name="TableNo">Number of a table; 0 is none.</param>
    /// <returns>True for tables of type CRM, and for the tables of options.</returns>
    procedure IsDataverseTable(TableNo: Integer): Boolean
    begin
        if TableNo = 0 then
            exit(false);
        exit(CRMIntegrationManagement.IsCRMTable(TableNo));
    end;

    /// <summary>
    /// Name of a table, the same in every language.
    /// </summary>
    /// <param name="TableNo">Number of a table.</param>
    /// <returns>Empty where there is no such table.</returns>
    procedure TableName(TableNo: Integer): Text
    var
        TableMetadata: Record "Table Metadata";
    begin
        if TableMetadata.Get(TableNo) then
            exit(TableMetadata.Name);
    end;

    /// <summary>
    /// Logical name of a table in Dataverse.
    /// </summary>
    /// <param name="TableNo">Number of the table in Business Central that stands for it.</param>
    /// <returns>Empty where there is no such table.</returns>
    procedure EntityName(TableNo: Integer): Text
    var
        TableMetadata: Record "Table Metadata";
    begin
        if TableMetadata.Get(TableNo) then
            exit(TableMetadata.ExternalName);
    end;

    /// <summary>
    /// The connections that are set up.
    /// </summary>
    /// <param name="Connection">Rows of the entity set.</param>
    procedure LoadConnections(var Connection: Record "SyncErrors Connection")
    var
        CDSConnectionSetup: Record "CDS Connection Setup";
        CRMConnectionSetup: Record "CRM Connection Setup";
        Buffer: Record "SyncErrors Connection";
    begin
        Buffer.Copy(Connection, true);
        Buffer.Reset();
        if CDSConnectionSetup.Get() then begin
            Buffer.Init();
            Buffer.Id := DataverseConnectionIdTok;
            Buffer.Name := 'Dataverse';
            Buffer.Enabled := CDSConnectionSetup."Is Enabled";
            Buffer."Environment Url" := CDSConnectionSetup."Server Address";
            Buffer."User Name" := CDSConnectionSetup."User Name";
            case CDSConnectionSetup."Ownership Model" of
                CDSConnectionSetup."Ownership Model"::Person:
                    Buffer."Ownership Model" := 'Person';
                CDSConnectionSetup."Ownership Model"::Team:
                    Buffer."Ownership Model" := 'Team';
            end;
            Buffer."Business Unit" := CDSConnectionSetup."Business Unit Name";
            Buffer."Disable Reason" := CDSConnectionSetup."Disable Reason";
            InsertConnection(Buffer);
        end;
        if CRMConnectionSetup.Get() then begin
            Buffer.Init();
            Buffer.Id := SalesConnectionIdTok;
            Buffer.Name := 'Dynamics 365 Sales';
            Buffer.Enabled := CRMConnectionSetup."Is Enabled";
            Buffer."Environment Url" := CRMConnectionSetup."Server Address";
            Buffer."User Name" := CRMConnectionSetup."User Name";
            Buffer."Disable Reason" := CRMConnectionSetup."Disable Reason";
            InsertConnection(Buffer);
        end;
    end;

    /// <summary>
    /// Version of this extension.
    /// </summary>
    /// <returns>Four numbers with dots.</returns>
    procedure ExtensionVersion(): Text
    var
        ThisModule: ModuleInfo;
    begin
        if NavApp.GetCurrentModuleInfo(ThisModule) then
            exit(Format(ThisModule.AppVersion()));
    end;

    /// <summary>
    /// Version of the Base Application.
    /// </summary>
    /// <returns>Four numbers with dots.</returns>
    procedure ApplicationVersion(): Text
    var
        BaseApplication: ModuleInfo;
    begin
        if NavApp.GetModuleInfo(BaseApplicationIdTok, BaseApplication) then
            exit(Format(BaseApplication.AppVersion()));
    end;

    local procedure InsertConnection(var Connection: Record "SyncErrors Connection")
    begin
        Connection."Extension Version" := CopyStr(ExtensionVersion(), 1, MaxStrLen(Connection."Extension Version"));
        Connection."Application Version" := CopyStr(ApplicationVersion(), 1, MaxStrLen(Connection."Application Version"));
        Connection.Insert();
    end;

    /// <summary>
    /// Asking whether the integration is enabled also registers its connection in this session.
    /// </summary>
    [TryFunction]
    local procedure TryRegister()
    begin
        if CRMIntegrationManagement.IsCDSIntegrationEnabled() then
            exit;
        if CRMIntegrationManagement.IsCRMIntegrationEnabled() then;
    end;
}
