/// <summary>
/// Whether records may be taken in a forced run of a mapping. Only asks and refuses; changes nothing.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration: Dataverse/CRMIntegrationManagement.Codeunit.al
/// (EnqueueSyncJob replaces the mapping's filters by the filter on ids, and an empty list filters nothing),
/// SynchEngine/IntegrationTableMapping.Table.al (GetTableFilter, GetIntegrationTableFilter, "Integration Table UID Fld. No."),
/// Dataverse/CRMIntegrationTableSynch.Codeunit.al ("Int. Table UID Field Type" = Option is a mapping of options).
/// </remarks>
codeunit 53396 "SyncErrors Selection"
{
    Access = Internal;

    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        NotDataverseTxt: Label 'The mapping belongs to Master Data Management.', Locked = true;
        TemporaryTxt: Label 'The mapping is a temporary one.', Locked = true;
        OptionTxt: Label 'Options are synchronized in another way.', Locked = true;
        DirectionTxt: Label 'The direction must be 1 or 2, and one of the mapping.', Locked = true;
        OutsideTxt: Label 'A record is outside the filter of the mapping.', Locked = true;
        NotOfMappingTxt: Label 'A record does not belong to this mapping.', Locked = true;
        NotCoupledTxt: Label 'A record is not coupled.', Locked = true;
        AlreadyCoupledTxt: Label 'A record is already coupled.', Locked = true;
        RecordGoneTxt: Label 'A record does not exist.', Locked = true;

    /// <summary>
    /// Refuses mappings of Master Data Management and clones of manual runs, which the page does not even show.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    procedure ExpectMapping(var IntegrationTableMapping: Record "Integration Table Mapping")
    begin
        if IntegrationTableMapping.Type <> IntegrationTableMapping.Type::Dataverse then
            SyncErrorsGuard.Refuse('NotDataverse', NotDataverseTxt);
        if IntegrationTableMapping."Delete After Synchronization" then
            SyncErrorsGuard.Refuse('TemporaryMapping', TemporaryTxt);
    end;

    /// <summary>
    /// Refuses mappings of options.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    procedure ExpectRecords(var IntegrationTableMapping: Record "Integration Table Mapping")
    begin
        if IsOfOptions(IntegrationTableMapping) then
            SyncErrorsGuard.Refuse('OptionMapping', OptionTxt);
    end;

    /// <summary>
    /// Whether a mapping is one of options: payment terms and the like.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <returns>True for options.</returns>
    procedure IsOfOptions(var IntegrationTableMapping: Record "Integration Table Mapping"): Boolean
    var
        TheField: Record Field;
    begin
        exit(IntegrationTableMapping."Int. Table UID Field Type" = TheField.Type::Option);
    end;

    /// <summary>
    /// Refuses what is neither 1 (to Dataverse) nor 2 (from Dataverse), and what the mapping does not do.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="Direction">A direction; 0 would be both.</param>
    procedure ExpectDirection(var IntegrationTableMapping: Record "Integration Table Mapping"; Direction: Integer)
    var
        OfMapping: Integer;
    begin
        OfMapping := IntegrationTableMapping.Direction;
        if not (Direction in [1, 2]) then
            SyncErrorsGuard.Refuse('Direction', DirectionTxt);
        if not (OfMapping in [0, Direction]) then
            SyncErrorsGuard.Refuse('Direction', DirectionTxt);
    end;

    /// <summary>
    /// The coupling of a record of this mapping; refuses where there is none, or one of another table.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="LocalId">SystemId of the record.</param>
    /// <param name="CRMIntegrationRecord">The coupling.</param>
    procedure FindByLocalId(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalId: Guid; var CRMIntegrationRecord: Record "CRM Integration Record")
    begin
        CRMIntegrationRecord.Reset();
        CRMIntegrationRecord.SetRange("Integration ID", LocalId);
        ExpectCoupling(IntegrationTableMapping, CRMIntegrationRecord);
    end;

    /// <summary>
    /// The coupling of a row in Dataverse with a record of this mapping; refuses as above.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="DataverseId">Id of the row.</param>
    /// <param name="CRMIntegrationRecord">The coupling.</param>
    procedure FindByDataverseId(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseId: Guid; var CRMIntegrationRecord: Record "CRM Integration Record")
    begin
        CRMIntegrationRecord.Reset();
        CRMIntegrationRecord.SetRange("CRM ID", DataverseId);
        ExpectCoupling(IntegrationTableMapping, CRMIntegrationRecord);
    end;

    /// <summary>
    /// Refuses where the record is coupled.
    /// </summary>
    /// <param name="LocalId">SystemId of a record.</param>
    procedure ExpectUncoupledRecord(LocalId: Guid)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
    begin
        CRMIntegrationRecord.SetRange("Integration ID", LocalId);
        if not CRMIntegrationRecord.IsEmpty() then
            SyncErrorsGuard.Refuse('AlreadyCoupled', AlreadyCoupledTxt);
    end;

    /// <summary>
    /// Refuses where the row in Dataverse is coupled to a record of this mapping's table.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="DataverseId">Id of a row.</param>
    procedure ExpectUncoupledRow(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseId: Guid)
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
    begin
        CRMIntegrationRecord.SetRange("CRM ID", DataverseId);
        CRMIntegrationRecord.SetRange("Table ID", IntegrationTableMapping."Table ID");
        if not CRMIntegrationRecord.IsEmpty() then
            SyncErrorsGuard.Refuse('AlreadyCoupled', AlreadyCoupledTxt);
    end;

    /// <summary>
    /// Refuses where the record is gone or is one of another mapping's table.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="LocalId">SystemId of a record.</param>
    /// <param name="TheRecordId">The record.</param>
    procedure ExpectRecordThere(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalId: Guid; var TheRecordId: RecordId)
    var
        TheRecordRef: RecordRef;
    begin
        TheRecordRef.Open(IntegrationTableMapping."Table ID");
        if TheRecordRef.GetBySystemId(LocalId) then begin
            TheRecordId := TheRecordRef.RecordId();
            exit;
        end;
        if IsOfAnotherMapping(IntegrationTableMapping, LocalId) then
            SyncErrorsGuard.Refuse('NotOfMapping', NotOfMappingTxt);
        SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
    end;

    /// <summary>
    /// Refuses where the mapping's table filter leaves the record out: a forced run would not.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="LocalId">SystemId of a record.</param>
    procedure ExpectRecordInside(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalId: Guid)
    begin
        if not IsRecordInside(IntegrationTableMapping, LocalId) then
            SyncErrorsGuard.Refuse('OutsideFilter', OutsideTxt);
    end;

    /// <summary>
    /// Whether the mapping's table filter lets a record through.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="LocalId">SystemId of a record.</param>
    /// <returns>False also where the record is gone.</returns>
    procedure IsRecordInside(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalId: Guid): Boolean
    var
        TheRecordRef: RecordRef;
        TableFilter: Text;
    begin
        TheRecordRef.Open(IntegrationTableMapping."Table ID");
        TableFilter := IntegrationTableMapping.GetTableFilter();
        if TableFilter <> '' then
            TheRecordRef.SetView(TableFilter);
        TheRecordRef.FilterGroup(2); // beside the mapping's own filter, should it have one on this field
        TheRecordRef.Field(TheRecordRef.SystemIdNo()).SetRange(LocalId);
        exit(not TheRecordRef.IsEmpty());
    end;

    /// <summary>
    /// Refuses where the row in Dataverse is gone, or where the mapping's integration table filter leaves it out. A
    /// connection must be registered.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="DataverseId">Id of a row.</param>
    procedure ExpectRowInside(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseId: Guid)
    begin
        if IsRowFound(IntegrationTableMapping, DataverseId, IntegrationTableMapping.GetIntegrationTableFilter()) then
            exit;
        if not IsRowThere(IntegrationTableMapping, DataverseId) then
            SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
        SyncErrorsGuard.Refuse('OutsideFilter', OutsideTxt);
    end;

    /// <summary>
    /// Whether a row is in Dataverse. A connection must be registered.
    /// </summary>
    /// <param name="IntegrationTableMapping">A mapping.</param>
    /// <param name="DataverseId">Id of a row.</param>
    /// <returns>Whether it is.</returns>
    procedure IsRowThere(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseId: Guid): Boolean
    begin
        exit(IsRowFound(IntegrationTableMapping, DataverseId, ''));
    end;

    local procedure IsRowFound(var IntegrationTableMapping: Record "Integration Table Mapping"; DataverseId: Guid; TableFilter: Text): Boolean
    var
        TheRecordRef: RecordRef;
    begin
        TheRecordRef.Open(IntegrationTableMapping."Integration Table ID");
        if TableFilter <> '' then
            TheRecordRef.SetView(TableFilter);
        TheRecordRef.FilterGroup(2); // as above: in the same group it would take the place of the mapping's own filter
        TheRecordRef.Field(IntegrationTableMapping."Integration Table UID Fld. No.").SetRange(DataverseId);
        exit(not TheRecordRef.IsEmpty());
    end;

    local procedure ExpectCoupling(var IntegrationTableMapping: Record "Integration Table Mapping"; var CRMIntegrationRecord: Record "CRM Integration Record")
    begin
        if CRMIntegrationRecord.IsEmpty() then
            SyncErrorsGuard.Refuse('NotCoupled', NotCoupledTxt);
        CRMIntegrationRecord.SetRange("Table ID", IntegrationTableMapping."Table ID");
        if not CRMIntegrationRecord.FindFirst() then
            SyncErrorsGuard.Refuse('NotOfMapping', NotOfMappingTxt);
    end;

    local procedure IsOfAnotherMapping(var IntegrationTableMapping: Record "Integration Table Mapping"; LocalId: Guid): Boolean
    var
        OtherMapping: Record "Integration Table Mapping";
    begin
        OtherMapping.SetRange(Type, OtherMapping.Type::Dataverse);
        OtherMapping.SetRange("Delete After Synchronization", false);
        OtherMapping.SetFilter("Table ID", '<>0&<>%1', IntegrationTableMapping."Table ID");
        if OtherMapping.FindSet() then
            repeat
                if IsThere(OtherMapping."Table ID", LocalId) then
                    exit(true);
            until OtherMapping.Next() = 0;
    end;

    local procedure IsThere(TableNo: Integer; LocalId: Guid): Boolean
    var
        TheRecordRef: RecordRef;
    begin
        TheRecordRef.Open(TableNo);
        if not TheRecordRef.ReadPermission() then
            exit(false);
        exit(TheRecordRef.GetBySystemId(LocalId));
    end;
}
