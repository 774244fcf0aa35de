/// <summary>
/// What the two permission sets are for, and whether the caller has it.
/// </summary>
/// <remarks>
/// Source in microsoft/BCApps: src/System Application/App/User Permissions/src/UserPermissions.Codeunit.al
/// (GetEffectivePermission, of the calling user in this company).
/// Job queue and error messages: JobQueueEntry.Table.al, CheckRequiredPermissions, wants insert, modify and delete.
/// </remarks>
codeunit 53398 "SyncErrors Permission List"
{
    Access = Internal;

    var
        ReadTok: Label 'SYNCERRORS READ', Locked = true;
        SyncTok: Label 'SYNCERRORS SYNC', Locked = true;
        RowIdTok: Label '%1-%2-4000-8000-000000000000', Locked = true, Comment = '%1 = eight digits, %2 = four digits';

    /// <summary>
    /// One row for each permission.
    /// </summary>
    /// <param name="Permission">Rows of the entity set.</param>
    procedure Load(var Permission: Record "SyncErrors Permission")
    var
        Buffer: Record "SyncErrors Permission";
    begin
        Buffer.Copy(Permission, true);
        Buffer.Reset();
        LoadRead(Buffer);
        LoadSync(Buffer);
        LoadMappedTables(Buffer);
    end;

    local procedure LoadRead(var Permission: Record "SyncErrors Permission")
    begin
        Add(Permission, ReadTok, Database::"Job Queue Entry", 'RM');
        Add(Permission, ReadTok, Database::"Job Queue Log Entry", 'R');
        Add(Permission, ReadTok, Database::"Retention Period", 'R');
        Add(Permission, ReadTok, Database::"Retention Policy Setup", 'R');
        Add(Permission, ReadTok, Database::"CRM Connection Setup", 'R');
        Add(Permission, ReadTok, Database::"CRM Integration Record", 'RM');
        Add(Permission, ReadTok, Database::"CRM Option Mapping", 'RM');
        Add(Permission, ReadTok, Database::"Integration Table Mapping", 'R');
        Add(Permission, ReadTok, Database::"Integration Field Mapping", 'R');
        Add(Permission, ReadTok, Database::"Integration Synch. Job", 'R');
        Add(Permission, ReadTok, Database::"Integration Synch. Job Errors", 'RD');
        Add(Permission, ReadTok, Database::"CDS Connection Setup", 'R');
    end;

    local procedure LoadSync(var Permission: Record "SyncErrors Permission")
    begin
        Add(Permission, SyncTok, Database::"Job Queue Entry", 'RIMD');
        Add(Permission, SyncTok, Database::"Job Queue Log Entry", 'RIMD');
        Add(Permission, SyncTok, Database::"Error Message", 'RIMD');
        Add(Permission, SyncTok, Database::"Error Message Register", 'RIMD');
        Add(Permission, SyncTok, Database::"CRM Integration Record", 'RIMD');
        Add(Permission, SyncTok, Database::"CRM Option Mapping", 'RMD');
        Add(Permission, SyncTok, Database::"Integration Table Mapping", 'RIMD');
        Add(Permission, SyncTok, Database::"Integration Field Mapping", 'RIMD');
        Add(Permission, SyncTok, Database::"Integration Synch. Job", 'RIM');
        Add(Permission, SyncTok, Database::"Integration Synch. Job Errors", 'RI');
    end;

    /// <summary>
    /// The forced job runs as the app, so that it writes the synchronized tables as the app.
    /// </summary>
    local procedure LoadMappedTables(var Permission: Record "SyncErrors Permission")
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
        TableNos: List of [Integer];
    begin
        IntegrationTableMapping.SetRange(Type, IntegrationTableMapping.Type::Dataverse);
        IntegrationTableMapping.SetRange("Delete After Synchronization", false);
        IntegrationTableMapping.SetFilter("Table ID", '<>0');
        if IntegrationTableMapping.FindSet() then
            repeat
                if not TableNos.Contains(IntegrationTableMapping."Table ID") then begin
                    TableNos.Add(IntegrationTableMapping."Table ID");
                    Add(Permission, ReadTok, IntegrationTableMapping."Table ID", 'R');
                    if IntegrationTableMapping.Direction <> IntegrationTableMapping.Direction::ToIntegrationTable then
                        Add(Permission, SyncTok, IntegrationTableMapping."Table ID", 'IM');
                end;
            until IntegrationTableMapping.Next() = 0;
    end;

    local procedure Add(var Permission: Record "SyncErrors Permission"; SetName: Text; TableNo: Integer; Letters: Text)
    var
        TempExpandedPermission: Record "Expanded Permission" temporary;
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        Index: Integer;
    begin
        if not TryGetEffective(TableNo, TempExpandedPermission) then
            Clear(TempExpandedPermission);
        for Index := 1 to StrLen(Letters) do begin
            Permission.Init();
            Permission.Id := RowId(SetName, TableNo, Letters[Index]);
            Permission."Permission Set" := CopyStr(SetName, 1, MaxStrLen(Permission."Permission Set"));
            Permission."Table No." := TableNo;
            Permission."Table Name" := CopyStr(SyncErrorsDataverse.TableName(TableNo), 1, MaxStrLen(Permission."Table Name"));
            case Letters[Index] of
                'R':
                    SetAccess(Permission, 'Read', TempExpandedPermission."Read Permission");
                'I':
                    SetAccess(Permission, 'Insert', TempExpandedPermission."Insert Permission");
                'M':
                    SetAccess(Permission, 'Modify', TempExpandedPermission."Modify Permission");
                'D':
                    SetAccess(Permission, 'Delete', TempExpandedPermission."Delete Permission");
            end;
            if Permission.Insert() then; // a mapped table can be one that the set names
        end;
    end;

    /// <summary>
    /// 0 is none, 1 is Yes, 2 is Indirect: enough for code that has it.
    /// </summary>
    local procedure SetAccess(var Permission: Record "SyncErrors Permission"; AccessKind: Text; Effective: Integer)
    begin
        Permission."Access Kind" := CopyStr(AccessKind, 1, MaxStrLen(Permission."Access Kind"));
        Permission.Granted := Effective in [1, 2];
    end;

    [TryFunction]
    local procedure TryGetEffective(TableNo: Integer; var TempExpandedPermission: Record "Expanded Permission" temporary)
    var
        UserPermissions: Codeunit "User Permissions";
    begin
        TempExpandedPermission := UserPermissions.GetEffectivePermission(TempExpandedPermission."Object Type"::"Table Data", TableNo);
    end;

    local procedure RowId(SetName: Text; TableNo: Integer; Letter: Char) Id: Guid
    var
        SetDigit: Text;
    begin
        SetDigit := '1';
        if SetName = SyncTok then
            SetDigit := '2';
        Evaluate(Id, StrSubstNo(RowIdTok, Format(TableNo, 0, 9).PadLeft(8, '0'), '00' + SetDigit + Format(StrPos('RIMD', Format(Letter)))));
    end;
}
