/// <summary>
/// Entity set syncJobs: the runs of table 5338, to be read by their start.
/// </summary>
/// <remarks>
/// Source in microsoft/BCApps: src/Layers/W1/BaseApp/Integration/SynchEngine/IntegrationSynchJob.Table.al (fields; key 2
/// is "Start Date/Time", ID). Not deletable here: its OnDelete trigger would delete the errors of the job.
/// </remarks>
page 53392 "SyncErrors Jobs"
{
    PageType = API;
    APIPublisher = 'syncerrors';
    APIGroup = 'integration';
    APIVersion = 'v1.0';
    EntityName = 'syncJob';
    EntitySetName = 'syncJobs';
    EntityCaption = 'Synchronization Job';
    EntitySetCaption = 'Synchronization Jobs';
    SourceTable = "Integration Synch. Job";
    ODataKeyFields = ID;
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
                field(id; Rec.ID)
                {
                    Caption = 'Id';
                }
                field(startedAt; Rec."Start Date/Time")
                {
                    Caption = 'Started At';
                }
                field(finishedAt; Rec."Finish Date/Time")
                {
                    Caption = 'Finished At';
                }
                field(message; Rec.Message)
                {
                    Caption = 'Message';
                }
                field(mappingName; Rec."Integration Table Mapping Name")
                {
                    Caption = 'Mapping Name';
                }
                field(direction; Rec."Synch. Direction")
                {
                    Caption = 'Direction';
                }
                field(type; Rec.Type)
                {
                    Caption = 'Type';
                }
                field(inserted; Rec.Inserted)
                {
                    Caption = 'Inserted';
                }
                field(modified; Rec.Modified)
                {
                    Caption = 'Modified';
                }
                field(deleted; Rec.Deleted)
                {
                    Caption = 'Deleted';
                }
                field(unchanged; Rec.Unchanged)
                {
                    Caption = 'Unchanged';
                }
                field(skipped; Rec.Skipped)
                {
                    Caption = 'Skipped';
                }
                field(failed; Rec.Failed)
                {
                    Caption = 'Failed';
                }
                field(coupled; Rec.Coupled)
                {
                    Caption = 'Coupled';
                }
                field(uncoupled; Rec.Uncoupled)
                {
                    Caption = 'Uncoupled';
                }
                field(jobQueueLogEntryNumber; Rec."Job Queue Log Entry No.")
                {
                    Caption = 'Job Queue Log Entry Number';
                }
            }
        }
    }
}
