/// <summary>
/// Entity set tableMappings: the mappings with Dataverse (table 5335), without those of Master Data Management and without
/// the temporary clones of manual runs.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration/SynchEngine: IntegrationTableMapping.Table.al (fields,
/// GetTableFilter, GetIntegrationTableFilter, UpdateTableMappingModifiedOn), IntegrationTableMappingType.Enum.al.
/// The two watermarks have names that mislead: UpdateTableMappingModifiedOn puts the latest change of LOCAL records, sent to
/// Dataverse, into "Synch. Int. Tbl. Mod. On Fltr.", and that of rows in Dataverse into "Synch. Modified On Filter".
/// </remarks>
page 53394 "SyncErrors Mappings"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'tableMapping';
    EntitySetName = 'tableMappings';
    EntityCaption = 'Table Mapping';
    EntitySetCaption = 'Table Mappings';
    SourceTable = "Integration Table Mapping";
    SourceTableView = where(Type = const(Dataverse), "Delete After Synchronization" = const(false));
    ODataKeyFields = SystemId;
    DelayedInsert = true;
    InsertAllowed = false;
    ModifyAllowed = false;
    DeleteAllowed = false;
    Extensible = false;

    layout
    {
        area(Content)
        {
            repeater(Records)
            {
                field(id; Rec.SystemId)
                {
                    Caption = 'Id';
                    Editable = false;
                }
                field(name; Rec.Name)
                {
                    Caption = 'Name';
                }
                field(tableNumber; Rec."Table ID")
                {
                    Caption = 'Table Number';
                }
                field(tableName; TableNameText)
                {
                    Caption = 'Table Name';
                }
                field(integrationTableNumber; Rec."Integration Table ID")
                {
                    Caption = 'Integration Table Number';
                }
                field(entityName; EntityNameText)
                {
                    Caption = 'Entity Name';
                }
                field(direction; Rec.Direction)
                {
                    Caption = 'Direction';
                }
                field(onlyCoupled; Rec."Synch. Only Coupled Records")
                {
                    Caption = 'Only Coupled';
                }
                field(dependencyFilter; Rec."Dependency Filter")
                {
                    Caption = 'Dependency Filter';
                }
                field(deletionConflict; Rec."Deletion-Conflict Resolution")
                {
                    Caption = 'Deletion Conflict';
                }
                field(updateConflict; Rec."Update-Conflict Resolution")
                {
                    Caption = 'Update Conflict';
                }
                field(tableFilter; TableFilterText)
                {
                    Caption = 'Table Filter';
                }
                field(integrationTableFilter; IntegrationTableFilterText)
                {
                    Caption = 'Integration Table Filter';
                }
                field(synchedUntil; Rec."Synch. Int. Tbl. Mod. On Fltr.")
                {
                    Caption = 'Synched Until';
                }
                field(dataverseSynchedUntil; Rec."Synch. Modified On Filter")
                {
                    Caption = 'Dataverse Synched Until';
                }
                field(failed; Rec."No. of Errors")
                {
                    Caption = 'Failed';
                }
                field(skipped; SkippedCount)
                {
                    Caption = 'Skipped';
                }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        TableNameText := SyncErrorsDataverse.TableName(Rec."Table ID");
        EntityNameText := SyncErrorsDataverse.EntityName(Rec."Integration Table ID");
        SkippedCount := SyncErrorsMappingActions.CountSkipped(Rec);
        TableFilterText := Rec.GetTableFilter();
        IntegrationTableFilterText := Rec.GetIntegrationTableFilter();
    end;

    var
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        SyncErrorsMappingActions: Codeunit "SyncErrors Mapping Actions";
        TableNameText: Text;
        EntityNameText: Text;
        TableFilterText: Text;
        IntegrationTableFilterText: Text;
        SkippedCount: Integer;

    /// <summary>
    /// Release for a selection of couplings of this mapping, at most 100; never for all couplings of the company.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    /// <param name="dataverseIds">Ids of rows in Dataverse, separated by commas.</param>
    [ServiceEnabled]
    procedure ReleaseAll(var ActionContext: WebServiceActionContext; dataverseIds: Text)
    begin
        SyncErrorsMappingActions.ReleaseAll(Rec, dataverseIds);
        SetUpdated(ActionContext);
    end;

    /// <summary>
    /// Lets the mapping's own recurring job run now, as the user that it runs as anyway.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    [ServiceEnabled]
    procedure Wake(var ActionContext: WebServiceActionContext)
    begin
        SyncErrorsMappingActions.Wake(Rec);
        SetUpdated(ActionContext);
    end;

    /// <summary>
    /// Forces exactly these coupled records in one direction. It OVERWRITES the other side.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    /// <param name="localSystemIds">SystemIds of records, separated by commas; needed to Dataverse.</param>
    /// <param name="dataverseIds">Ids of rows in Dataverse, separated by commas; needed from Dataverse.</param>
    /// <param name="direction">1: to Dataverse. 2: from Dataverse.</param>
    [ServiceEnabled]
    procedure Synchronize(var ActionContext: WebServiceActionContext; localSystemIds: Text; dataverseIds: Text; direction: Integer)
    begin
        SyncErrorsMappingActions.Synchronize(Rec, localSystemIds, dataverseIds, direction);
        SetUpdated(ActionContext);
    end;

    /// <summary>
    /// Forces the creation of exactly these uncoupled records in the other app.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    /// <param name="localSystemIds">SystemIds of records, separated by commas; needed to Dataverse.</param>
    /// <param name="dataverseIds">Ids of rows in Dataverse, separated by commas; needed from Dataverse.</param>
    /// <param name="direction">1: to Dataverse. 2: from Dataverse.</param>
    [ServiceEnabled]
    procedure Create(var ActionContext: WebServiceActionContext; localSystemIds: Text; dataverseIds: Text; direction: Integer)
    begin
        SyncErrorsMappingActions.Create(Rec, localSystemIds, dataverseIds, direction);
        SetUpdated(ActionContext);
    end;

    /// <summary>
    /// Couples a record of this mapping's table with a row in Dataverse; both must be there and uncoupled.
    /// </summary>
    /// <param name="ActionContext">What the web service answers.</param>
    /// <param name="localSystemId">SystemId of the record.</param>
    /// <param name="dataverseId">Id of the row in Dataverse.</param>
    [ServiceEnabled]
    procedure Couple(var ActionContext: WebServiceActionContext; localSystemId: Text; dataverseId: Text)
    begin
        SyncErrorsMappingActions.Couple(Rec, localSystemId, dataverseId);
        SetUpdated(ActionContext);
    end;

    local procedure SetUpdated(var ActionContext: WebServiceActionContext)
    begin
        ActionContext.SetObjectType(ObjectType::Page);
        ActionContext.SetObjectId(Page::"SyncErrors Mappings");
        ActionContext.AddEntityKey(Rec.FieldNo(SystemId), Rec.SystemId);
        ActionContext.SetResultCode(WebServiceActionResultCode::Updated);
    end;
}
