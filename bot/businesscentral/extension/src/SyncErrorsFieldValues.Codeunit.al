/// <summary>
/// Values of mapped fields: both of a coupling, or what Business Central would send of one record.
/// </summary>
/// <remarks>
/// Sources in microsoft/BCApps, src/Layers/W1/BaseApp/Integration: SynchEngine/IntegrationFieldMapping.Table.al (fields),
/// SynchEngine/IntegrationRecordSynch.Codeunit.al (TransferField: a field without number is a constant; FlowFields are
/// calculated; texts are compared as they are formatted), Dataverse/CRMOptionMapping.Table.al (FindRecordID by table, field
/// and option value).
/// </remarks>
codeunit 53399 "SyncErrors Field Values"
{
    Access = Internal;
    Permissions = tabledata Field = r,
                  tabledata User = r;

    var
        SyncErrorsGuard: Codeunit "SyncErrors Guard";
        SyncErrorsDataverse: Codeunit "SyncErrors Dataverse";
        SyncErrorsRecords: Codeunit "SyncErrors Records";
        SyncErrorsSelection: Codeunit "SyncErrors Selection";
        FilterNeededTxt: Label 'A filter must say which record is meant.', Locked = true;
        OptionTxt: Label 'Options have no fields.', Locked = true;
        RecordGoneTxt: Label 'One of the two records does not exist.', Locked = true;
        NoMappingTxt: Label 'There is no such mapping.', Locked = true;
        SameTok: Label 'Same', Locked = true;
        DiffersTok: Label 'Differs', Locked = true;
        UnknownTok: Label 'Unknown', Locked = true;

    /// <summary>
    /// Both values of each mapped field of the coupling that the filter names.
    /// </summary>
    /// <param name="Row">Rows of the entity set, with the filters of the request.</param>
    procedure LoadPairs(var Row: Record "SyncErrors Field")
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        CRMOptionMapping: Record "CRM Option Mapping";
        Buffer: Record "SyncErrors Field";
        CouplingId: Guid;
    begin
        if not TryGetCouplingId(Row, CouplingId) then
            SyncErrorsGuard.Refuse('EmptySelection', FilterNeededTxt);
        Buffer.Copy(Row, true);
        Buffer.Reset();
        if CRMIntegrationRecord.GetBySystemId(CouplingId) then
            LoadCoupling(Buffer, CRMIntegrationRecord)
        else
            if CRMOptionMapping.GetBySystemId(CouplingId) then
                SyncErrorsGuard.Refuse('OptionMapping', OptionTxt);
    end;

    /// <summary>
    /// The mapped fields of the record that the filter names, and its number or code.
    /// </summary>
    /// <param name="Row">Rows of the entity set, with the filters of the request.</param>
    procedure LoadFields(var Row: Record "SyncErrors Field")
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
        Buffer: Record "SyncErrors Field";
        LocalRef: RecordRef;
        MappingId: Guid;
        SystemId: Guid;
    begin
        if not TryGetRecord(Row, MappingId, SystemId) then
            SyncErrorsGuard.Refuse('EmptySelection', FilterNeededTxt);
        FindMapping(MappingId, IntegrationTableMapping);
        Buffer.Copy(Row, true);
        Buffer.Reset();
        if GetLocal(IntegrationTableMapping."Table ID", SystemId, LocalRef) then
            InsertFields(Buffer, IntegrationTableMapping, LocalRef, SystemId);
    end;

    /// <summary>
    /// A mapping with Dataverse, by its SystemId; refuses where there is none.
    /// </summary>
    /// <param name="MappingId">SystemId of the mapping.</param>
    /// <param name="IntegrationTableMapping">The mapping.</param>
    procedure FindMapping(MappingId: Guid; var IntegrationTableMapping: Record "Integration Table Mapping")
    begin
        if not IntegrationTableMapping.GetBySystemId(MappingId) then
            SyncErrorsGuard.Refuse('NotOfMapping', NoMappingTxt);
        if IntegrationTableMapping.Type <> IntegrationTableMapping.Type::Dataverse then
            SyncErrorsGuard.Refuse('NotOfMapping', NoMappingTxt);
    end;

    local procedure LoadCoupling(var Row: Record "SyncErrors Field"; var CRMIntegrationRecord: Record "CRM Integration Record")
    var
        IntegrationTableMapping: Record "Integration Table Mapping";
        LocalRef: RecordRef;
        DataverseRef: RecordRef;
        IsUnreadable: Boolean;
    begin
        if not TryExpectLocal(CRMIntegrationRecord, LocalRef) then
            IsUnreadable := true;
        if (not IsUnreadable) and (LocalRef.Number() = 0) then
            SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
        SyncErrorsDataverse.ExpectConnection();
        if not FindRow(CRMIntegrationRecord, IntegrationTableMapping, DataverseRef) then
            SyncErrorsGuard.Refuse('RecordGone', RecordGoneTxt);
        InsertPairs(Row, CRMIntegrationRecord, IntegrationTableMapping, LocalRef, DataverseRef, IsUnreadable);
    end;

    /// <summary>
    /// The mapping among those of the table whose table in Dataverse has the row.
    /// </summary>
    local procedure FindRow(var CRMIntegrationRecord: Record "CRM Integration Record"; var IntegrationTableMapping: Record "Integration Table Mapping"; var DataverseRef: RecordRef): Boolean
    begin
        IntegrationTableMapping.SetRange(Type, IntegrationTableMapping.Type::Dataverse);
        IntegrationTableMapping.SetRange("Delete After Synchronization", false);
        IntegrationTableMapping.SetRange("Table ID", CRMIntegrationRecord."Table ID");
        if IntegrationTableMapping.FindSet() then
            repeat
                Clear(DataverseRef);
                DataverseRef.Open(IntegrationTableMapping."Integration Table ID");
                DataverseRef.Field(IntegrationTableMapping."Integration Table UID Fld. No.").SetRange(CRMIntegrationRecord."CRM ID");
                if DataverseRef.FindFirst() then
                    exit(true);
            until IntegrationTableMapping.Next() = 0;
    end;

    local procedure InsertPairs(var Row: Record "SyncErrors Field"; var CRMIntegrationRecord: Record "CRM Integration Record"; var IntegrationTableMapping: Record "Integration Table Mapping"; var LocalRef: RecordRef; var DataverseRef: RecordRef; IsUnreadable: Boolean)
    var
        IntegrationFieldMapping: Record "Integration Field Mapping";
        LocalField: Record Field;
        DataverseField: Record Field;
    begin
        FilterFields(IntegrationTableMapping.Name, IntegrationFieldMapping);
        if IntegrationFieldMapping.FindSet() then
            repeat
                if IsShown(IntegrationTableMapping, IntegrationFieldMapping, LocalField, DataverseField) then begin
                    Row.Init();
                    Row.Id := CreateGuid();
                    Row.Sequence := IntegrationFieldMapping."No.";
                    Row."Coupling Id" := CRMIntegrationRecord.SystemId;
                    Row."Mapping Id" := IntegrationTableMapping.SystemId;
                    SetField(Row, IntegrationFieldMapping, LocalField, DataverseField);
                    Row."Comparison Text" := UnknownTok;
                    if not IsUnreadable then begin
                        Row."Local Modified At" := LocalRef.Field(LocalRef.SystemModifiedAtNo()).Value();
                        Row."Local Modified By" := UserNameOf(LocalRef.Field(LocalRef.SystemModifiedByNo()).Value());
                        if TryReadValue(LocalRef, LocalField."No.", Row."Local Value") then
                            if TryReadRowValue(DataverseRef, DataverseField, Row."Dataverse Value") then
                                Row."Comparison Text" := CopyStr(Compare(Row, IntegrationFieldMapping, LocalField, DataverseField), 1, MaxStrLen(Row."Comparison Text"));
                    end;
                    if IntegrationTableMapping."Int. Tbl. Modified On Fld. No." <> 0 then
                        Row."Dataverse Modified At" := DataverseRef.Field(IntegrationTableMapping."Int. Tbl. Modified On Fld. No.").Value();
                    Row."Synchronized At" := CRMIntegrationRecord."Last Synch. Modified On";
                    if CRMIntegrationRecord."Last Synch. CRM Modified On" > Row."Synchronized At" then
                        Row."Synchronized At" := CRMIntegrationRecord."Last Synch. CRM Modified On";
                    Row.Insert();
                end;
            until IntegrationFieldMapping.Next() = 0;
    end;

    local procedure InsertFields(var Row: Record "SyncErrors Field"; var IntegrationTableMapping: Record "Integration Table Mapping"; var LocalRef: RecordRef; SystemId: Guid)
    var
        IntegrationFieldMapping: Record "Integration Field Mapping";
        LocalField: Record Field;
        DataverseField: Record Field;
        KeyFieldNo: Integer;
        IsKeyMapped: Boolean;
    begin
        KeyFieldNo := LocalRef.KeyIndex(1).FieldIndex(LocalRef.KeyIndex(1).FieldCount()).Number();
        FilterFields(IntegrationTableMapping.Name, IntegrationFieldMapping);
        if IntegrationFieldMapping.FindSet() then
            repeat
                if IsShown(IntegrationTableMapping, IntegrationFieldMapping, LocalField, DataverseField) then begin
                    InitField(Row, IntegrationTableMapping, SystemId, IntegrationFieldMapping."No.");
                    SetField(Row, IntegrationFieldMapping, LocalField, DataverseField);
                    Row."Used For Matching" := IntegrationFieldMapping."Use For Match-Based Coupling";
                    Row."Match Priority" := IntegrationFieldMapping."Match Priority";
                    if not TryReadValue(LocalRef, LocalField."No.", Row."Local Value") then
                        Row."Local Value" := '';
                    Row.Insert();
                    IsKeyMapped := IsKeyMapped or (LocalField."No." = KeyFieldNo);
                end;
            until IntegrationFieldMapping.Next() = 0;
        if IsKeyMapped then
            exit;
        if not LocalField.Get(IntegrationTableMapping."Table ID", KeyFieldNo) then
            exit;
        InitField(Row, IntegrationTableMapping, SystemId, 0);
        Row."Field No." := KeyFieldNo;
        Row."Field Name" := CopyStr(LocalField."Field Caption", 1, MaxStrLen(Row."Field Name"));
        Row."Direction Text" := CopyStr(SyncErrorsRecords.DirectionText(1), 1, MaxStrLen(Row."Direction Text"));
        if TryReadValue(LocalRef, KeyFieldNo, Row."Local Value") then
            Row.Insert();
    end;

    local procedure InitField(var Row: Record "SyncErrors Field"; var IntegrationTableMapping: Record "Integration Table Mapping"; SystemId: Guid; SequenceNo: Integer)
    begin
        Row.Init();
        Row.Id := CreateGuid();
        Row.Sequence := SequenceNo;
        Row."Mapping Id" := IntegrationTableMapping.SystemId;
        Row."Record System Id" := SystemId;
    end;

    local procedure SetField(var Row: Record "SyncErrors Field"; var IntegrationFieldMapping: Record "Integration Field Mapping"; var LocalField: Record Field; var DataverseField: Record Field)
    begin
        Row."Field No." := LocalField."No.";
        Row."Field Name" := CopyStr(LocalField."Field Caption", 1, MaxStrLen(Row."Field Name"));
        Row."Integration Field No." := DataverseField."No.";
        Row."Integration Field Name" := CopyStr(DataverseField.FieldName, 1, MaxStrLen(Row."Integration Field Name"));
        Row."Integration Field Caption" := CopyStr(DataverseField."Field Caption", 1, MaxStrLen(Row."Integration Field Caption"));
        Row."Direction Text" := CopyStr(SyncErrorsRecords.DirectionText(IntegrationFieldMapping.Direction), 1, MaxStrLen(Row."Direction Text"));
    end;

    /// <summary>
    /// Enabled, and a field on both sides: a mapping without the one or the other is a constant.
    /// </summary>
    local procedure FilterFields(MappingName: Code[20]; var IntegrationFieldMapping: Record "Integration Field Mapping")
    begin
        IntegrationFieldMapping.SetRange("Integration Table Mapping Name", MappingName);
        IntegrationFieldMapping.SetRange(Status, IntegrationFieldMapping.Status::Enabled);
        IntegrationFieldMapping.SetRange("Constant Value", '');
        IntegrationFieldMapping.SetFilter("Field No.", '>0');
        IntegrationFieldMapping.SetFilter("Integration Table Field No.", '>0');
    end;

    local procedure IsShown(var IntegrationTableMapping: Record "Integration Table Mapping"; var IntegrationFieldMapping: Record "Integration Field Mapping"; var LocalField: Record Field; var DataverseField: Record Field): Boolean
    begin
        if not LocalField.Get(IntegrationTableMapping."Table ID", IntegrationFieldMapping."Field No.") then
            exit(false);
        if not DataverseField.Get(IntegrationTableMapping."Integration Table ID", IntegrationFieldMapping."Integration Table Field No.") then
            exit(false);
        exit(IsText(LocalField) and IsText(DataverseField));
    end;

    local procedure IsText(var TheField: Record Field): Boolean
    begin
        exit(not (TheField.Type in [TheField.Type::BLOB, TheField.Type::Media, TheField.Type::MediaSet, TheField.Type::TableFilter]));
    end;

    /// <summary>
    /// Differs only where the two can be compared: a reference to a row that is not coupled, a transformation rule and fields
    /// of two kinds say nothing.
    /// </summary>
    local procedure Compare(var Row: Record "SyncErrors Field"; var IntegrationFieldMapping: Record "Integration Field Mapping"; var LocalField: Record Field; var DataverseField: Record Field): Text
    var
        Id: Guid;
    begin
        if DelChr(Row."Local Value", '<>', ' ') = DelChr(Row."Dataverse Value", '<>', ' ') then
            exit(SameTok);
        if IntegrationFieldMapping."Transformation Rule" <> '' then
            exit(UnknownTok);
        if DataverseField.Type = DataverseField.Type::GUID then
            if Evaluate(Id, Row."Dataverse Value") then
                exit(UnknownTok);
        if IsKindOfText(LocalField) or (LocalField.Type = DataverseField.Type) then
            exit(DiffersTok);
        exit(UnknownTok);
    end;

    local procedure IsKindOfText(var TheField: Record Field): Boolean
    begin
        exit(TheField.Type in [TheField.Type::Text, TheField.Type::Code]);
    end;

    local procedure UserNameOf(UserSecId: Guid): Text[50]
    var
        User: Record User;
    begin
        User.SetRange("User Security ID", UserSecId);
        if User.FindFirst() then
            exit(User."User Name");
    end;

    local procedure GetLocal(TableNo: Integer; SystemId: Guid; var LocalRef: RecordRef): Boolean
    var
        IsFound: Boolean;
    begin
        if not TryOpenLocal(TableNo, SystemId, LocalRef, IsFound) then
            exit(false);
        exit(IsFound);
    end;

    [TryFunction]
    local procedure TryOpenLocal(TableNo: Integer; SystemId: Guid; var LocalRef: RecordRef; var IsFound: Boolean)
    begin
        LocalRef.Open(TableNo);
        IsFound := LocalRef.GetBySystemId(SystemId);
    end;

    /// <summary>
    /// Leaves the reference closed where the record is gone; fails where it cannot be read.
    /// </summary>
    [TryFunction]
    local procedure TryExpectLocal(var CRMIntegrationRecord: Record "CRM Integration Record"; var LocalRef: RecordRef)
    begin
        LocalRef.Open(CRMIntegrationRecord."Table ID");
        if not LocalRef.GetBySystemId(CRMIntegrationRecord."Integration ID") then
            LocalRef.Close();
    end;

    [TryFunction]
    local procedure TryReadValue(var TheRecordRef: RecordRef; FieldNo: Integer; var Result: Text[2048])
    var
        TheFieldRef: FieldRef;
    begin
        TheFieldRef := TheRecordRef.Field(FieldNo);
        if TheFieldRef.Class() = FieldClass::FlowField then
            TheFieldRef.CalcField();
        Result := CopyStr(Format(TheFieldRef.Value(), 0, 9), 1, MaxStrLen(Result));
    end;

    /// <summary>
    /// A value in Dataverse; a reference to a coupled row, and a mapped option, as the key of the record that it stands for.
    /// </summary>
    [TryFunction]
    local procedure TryReadRowValue(var DataverseRef: RecordRef; var DataverseField: Record Field; var Result: Text[2048])
    var
        CRMIntegrationRecord: Record "CRM Integration Record";
        CRMOptionMapping: Record "CRM Option Mapping";
        OptionValue: Integer;
        Id: Guid;
    begin
        if not TryReadValue(DataverseRef, DataverseField."No.", Result) then
            exit;
        case DataverseField.Type of
            DataverseField.Type::GUID:
                if Evaluate(Id, Result) then
                    if IsNullGuid(Id) then
                        Result := ''
                    else begin
                        CRMIntegrationRecord.SetRange("CRM ID", Id);
                        if CRMIntegrationRecord.FindFirst() then
                            Result := KeyOf(CRMIntegrationRecord."Table ID", CRMIntegrationRecord."Integration ID", Result);
                    end;
            DataverseField.Type::Option:
                if Evaluate(OptionValue, Result) then begin
                    CRMOptionMapping.SetRange("Integration Table ID", DataverseRef.Number());
                    CRMOptionMapping.SetRange("Integration Field ID", DataverseField."No.");
                    CRMOptionMapping.SetRange("Option Value", OptionValue);
                    if CRMOptionMapping.FindFirst() then
                        Result := CopyStr(CRMOptionMapping.GetRecordKeyValue(), 1, MaxStrLen(Result));
                end;
        end;
    end;

    /// <summary>
    /// The last field of a record's key; the text given where the record is gone.
    /// </summary>
    local procedure KeyOf(TableNo: Integer; SystemId: Guid; Otherwise: Text[2048]) Result: Text[2048]
    var
        TheRecordRef: RecordRef;
        PrimaryKeyRef: KeyRef;
    begin
        Result := Otherwise;
        if not GetLocal(TableNo, SystemId, TheRecordRef) then
            exit;
        PrimaryKeyRef := TheRecordRef.KeyIndex(1);
        Result := CopyStr(Format(PrimaryKeyRef.FieldIndex(PrimaryKeyRef.FieldCount()).Value(), 0, 9), 1, MaxStrLen(Result));
    end;

    [TryFunction]
    local procedure TryGetCouplingId(var Row: Record "SyncErrors Field"; var CouplingId: Guid)
    begin
        CouplingId := Row.GetRangeMin("Coupling Id");
    end;

    [TryFunction]
    local procedure TryGetRecord(var Row: Record "SyncErrors Field"; var MappingId: Guid; var SystemId: Guid)
    begin
        MappingId := Row.GetRangeMin("Mapping Id");
        SystemId := Row.GetRangeMin("Record System Id");
    end;
}
