/// <summary>
/// Refusals, and the lists of ids that actions are given. A refusal is an Error whose text begins with SYNCERRORS. and the
/// name of its guard; a web service answers it with 400 Application_DialogException, and what the call did is rolled back.
/// </summary>
codeunit 53390 "SyncErrors Guard"
{
    Access = Internal;
    InherentPermissions = X;
    InherentEntitlements = X;

    var
        RefusalErr: Label 'SYNCERRORS.%1: %2', Locked = true, Comment = '%1 = name of the guard, %2 = reason';
        EmptySelectionTxt: Label 'No records are named: that would be the whole table.', Locked = true;
        TooManyTxt: Label 'At most %1 records.', Locked = true, Comment = '%1 = a number';
        BadIdTxt: Label 'Not a GUID.', Locked = true;

    /// <summary>
    /// Refuses. It never returns.
    /// </summary>
    /// <param name="GuardName">One of the names that the bot knows.</param>
    /// <param name="Reason">One sentence in English.</param>
    procedure Refuse(GuardName: Text; Reason: Text)
    begin
        Error(RefusalErr, GuardName, Reason);
    end;

    /// <summary>
    /// The GUIDs of a text, each once: at least one, since an empty list would filter nothing and take the whole table
    /// (GetTableViewForSystemIds in IntegrationRecordSynch.Codeunit.al sets the filter that it is given), and at most 100.
    /// </summary>
    /// <param name="IdsText">GUIDs, separated by commas.</param>
    /// <param name="Ids">The GUIDs.</param>
    procedure ParseIds(IdsText: Text; var Ids: List of [Guid])
    var
        Parts: List of [Text];
        Part: Text;
        Id: Guid;
    begin
        Clear(Ids);
        if DelChr(IdsText, '=', ' ') = '' then
            Refuse('EmptySelection', EmptySelectionTxt);
        Parts := IdsText.Split(',');
        if Parts.Count() > MostIds() then
            Refuse('TooMany', StrSubstNo(TooManyTxt, MostIds()));
        foreach Part in Parts do begin
            Id := ParseId(Part);
            if not Ids.Contains(Id) then
                Ids.Add(Id);
        end;
    end;

    /// <summary>
    /// The one GUID of a text.
    /// </summary>
    /// <param name="IdText">A GUID, with or without braces.</param>
    /// <returns>Never the empty GUID.</returns>
    procedure ParseId(IdText: Text) Id: Guid
    begin
        IdText := DelChr(IdText, '<>', ' ');
        if IdText = '' then
            Refuse('EmptySelection', EmptySelectionTxt);
        if not (StrLen(IdText) in [36, 38]) then
            Refuse('BadId', BadIdTxt);
        if not Evaluate(Id, IdText) then
            Refuse('BadId', BadIdTxt);
        if IsNullGuid(Id) then
            Refuse('BadId', BadIdTxt);
    end;

    local procedure MostIds(): Integer
    begin
        exit(100);
    end;
}
