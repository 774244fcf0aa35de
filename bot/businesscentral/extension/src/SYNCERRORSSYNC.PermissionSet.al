/// <summary>
/// For the decisions that only a person takes: synchronize, create, couple, uncouple. The forced job runs as the bot's
/// application, so that the application also writes the synchronized tables, on both sides.
/// </summary>
/// <remarks>
/// Job queue and error messages: src/Layers/W1/BaseApp/Modules/System/JobQueue/JobQueueEntry.Table.al in microsoft/BCApps,
/// CheckRequiredPermissions: insert, modify and delete, or the task cannot be scheduled.
/// What the validation of a record writes beside it (dimensions, business relations, templates) depends on the company: the
/// job's error names the table, and an administrator adds it in a permission set of their own.
/// </remarks>
permissionset 53391 "SYNCERRORS SYNC"
{
    Assignable = true;
    Caption = 'Synchronization errors - act';
    IncludedPermissionSets = "SYNCERRORS READ";

    Permissions =
        tabledata "Job Queue Entry" = RIMD,
        tabledata "Job Queue Log Entry" = RIMD,
        tabledata "Job Queue Category" = RIM,
        tabledata "Error Message" = RIMD,
        tabledata "Error Message Register" = RIMD,
        tabledata "CRM Integration Record" = RIMD,
        tabledata "CRM Option Mapping" = RMD,
        tabledata "Integration Table Mapping" = RIMD,
        tabledata "Integration Field Mapping" = RIMD,
        tabledata "Integration Synch. Job" = RIM,
        tabledata "Integration Synch. Job Errors" = RI,
        tabledata "Temp Integration Field Mapping" = RIMD,
        tabledata "CRM Account" = RIM,
        tabledata "CRM Contact" = RIM,
        tabledata "CRM Invoice" = RIM,
        tabledata "CRM Invoicedetail" = RIM,
        tabledata "CRM Opportunity" = RIM,
        tabledata "CRM Pricelevel" = RIM,
        tabledata "CRM Product" = RIM,
        tabledata "CRM Productpricelevel" = RIM,
        tabledata "CRM Salesorder" = RIM,
        tabledata "CRM Salesorderdetail" = RIM,
        tabledata "CRM Transactioncurrency" = RIM,
        tabledata "CRM Uom" = RIM,
        tabledata "CRM Uomschedule" = RIM,
        tabledata "Salesperson/Purchaser" = RIM,
        tabledata Customer = RIM,
        tabledata Vendor = RIM,
        tabledata Contact = RIM,
        tabledata Item = RIM,
        tabledata Resource = RIM,
        tabledata Opportunity = RIM,
        tabledata "Sales Header" = RIM,
        tabledata "Sales Line" = RIM;
}
