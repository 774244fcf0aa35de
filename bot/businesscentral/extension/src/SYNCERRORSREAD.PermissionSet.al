/// <summary>
/// What most will grant the bot's application: reading, release, wake, deleteErrors. It changes nothing but Skipped of
/// couplings, the start of a waiting job, and error rows.
/// </summary>
/// <remarks>
/// "D365 DYN CRM READ" (src/Layers/W1/BaseApp/Permissions/d365dyncrmread.permissionset.al in microsoft/BCApps) has the tables
/// of Dataverse and of the integration, read only.
/// </remarks>
permissionset 53390 "SYNCERRORS READ"
{
    Assignable = true;
    Caption = 'Synchronization errors - read';
    IncludedPermissionSets = "D365 DYN CRM READ";

    Permissions =
        page "SyncErrors Errors" = X,
        page "SyncErrors Error Details" = X,
        page "SyncErrors Jobs" = X,
        page "SyncErrors Couplings" = X,
        page "SyncErrors Mappings" = X,
        page "SyncErrors Connections" = X,
        page "SyncErrors Maintenance" = X,
        page "SyncErrors Permissions" = X,
        page "SyncErrors Coupling Fields" = X,
        page "SyncErrors Mapped Records" = X,
        page "SyncErrors Record Fields" = X,
        codeunit "SyncErrors Guard" = X,
        codeunit "SyncErrors Dataverse" = X,
        codeunit "SyncErrors Records" = X,
        codeunit "SyncErrors Error List" = X,
        codeunit "SyncErrors Coupling List" = X,
        codeunit "SyncErrors Coupling Actions" = X,
        codeunit "SyncErrors Selection" = X,
        codeunit "SyncErrors Mapping Actions" = X,
        codeunit "SyncErrors Permission List" = X,
        codeunit "SyncErrors Field Values" = X,
        codeunit "SyncErrors Record Search" = X,
        table "SyncErrors Coupling" = X,
        table "SyncErrors Connection" = X,
        table "SyncErrors Maintenance" = X,
        table "SyncErrors Permission" = X,
        table "SyncErrors Field" = X,
        table "SyncErrors Record" = X,
        tabledata "SyncErrors Coupling" = RIMD,
        tabledata "SyncErrors Connection" = RIMD,
        tabledata "SyncErrors Maintenance" = RIMD,
        tabledata "SyncErrors Permission" = RIMD,
        tabledata "SyncErrors Field" = RIMD,
        tabledata "SyncErrors Record" = RIMD,
        tabledata "Job Queue Entry" = RM,
        tabledata "Job Queue Log Entry" = R,
        tabledata "Retention Period" = R,
        tabledata "Retention Policy Setup" = R,
        tabledata "CDS Connection Setup" = R,
        tabledata "CRM Connection Setup" = R,
        tabledata "CRM Integration Record" = RM,
        tabledata "CRM Option Mapping" = RM,
        tabledata "Integration Table Mapping" = R,
        tabledata "Integration Field Mapping" = R,
        tabledata "Integration Synch. Job" = R,
        tabledata "Integration Synch. Job Errors" = RD,
        tabledata Currency = R,
        tabledata "Salesperson/Purchaser" = R,
        tabledata "Payment Terms" = R,
        tabledata "Shipment Method" = R,
        tabledata "Shipping Agent" = R,
        tabledata "Unit of Measure" = R,
        tabledata "Unit Group" = R,
        tabledata "Item Unit of Measure" = R,
        tabledata "Resource Unit of Measure" = R,
        tabledata Customer = R,
        tabledata Vendor = R,
        tabledata Contact = R,
        tabledata Item = R,
        tabledata Resource = R,
        tabledata "Customer Price Group" = R,
        tabledata "Price List Header" = R,
        tabledata "Price List Line" = R,
        tabledata Opportunity = R,
        tabledata "Sales Header" = R,
        tabledata "Sales Line" = R,
        tabledata "Sales Invoice Header" = R,
        tabledata "Sales Invoice Line" = R,
        tabledata "Job Task" = R;
}
