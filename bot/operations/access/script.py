"""The script that ends a missing privilege, for an administrator of Dataverse to read and to run.

PowerShell 7 with the module Az.Accounts; sources: MicrosoftDocs/powerapps-docs, ``developer/data-platform``,
there ``webapi/quick-start-ps.md``, ``bypass-custom-business-logic.md`` (the action AddPrivilegesRole) and
``webapi/associate-disassociate-entities-using-web-api.md``; microsoft/PowerApps-Samples,
``dataverse/webapi/PS``. It asks before each change (``-WhatIf`` shows them all and makes none), does nothing
twice, and looks at the end whether it helped.

Names come from anybody: each stands between single quotes, in which PowerShell expands nothing. Single quotes
of every kind that PowerShell knows are doubled, and characters that cannot be seen are left out.
"""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import urlsplit

from bot.dataverse import Environment, PrincipalKind
from bot.operations.access.values import Lack, PrincipalFacts, Script, Spot

_QUOTES: Final = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes all of these for a single quote (its ``CharTraits.cs``, ``IsSingleQuote``)."""
_LONGEST: Final = 200
_CLOUDS: Final = {
    "login.microsoftonline.us": "AzureUSGovernment",
    "login.partner.microsoftonline.cn": "AzureChinaCloud",
    "login.chinacloudapi.cn": "AzureChinaCloud",
}
"""``Connect-AzAccount -Environment`` by sign-in host."""


def script_for(environment: Environment, who: PrincipalFacts, lack: Lack) -> Script:
    """One file, complete: it needs nothing but a person who may do this."""
    file = _file_name(lack)
    values = {
        "environment": environment.url,
        "tenant": environment.sign_in.tenant,
        "cloud": _CLOUDS.get(urlsplit(environment.sign_in.authority_host).hostname or "", "AzureCloud"),
        "principalName": who.name,
        "principalSet": f"{who.principal.kind}s",
        "principalId": who.principal.id,
        "association": f"{who.principal.kind}roles_association",
        "privilegeName": lack.privilege.name,
        "depth": lack.needed.web_name,
        "roleName": lack.place.name,
        "roleId": lack.place.root_id or "",
    }
    settings = "\n".join(f"${name} = {quoted(value)}" for name, value in values.items())
    parts = [_HEAD.format(file=file), settings, _START, _ROLE[lack.place.spot], _GRANT]
    if lack.place.spot is not Spot.HELD_ROLE:
        parts.append(_ASSIGN)
    parts.append(_CHECK % _CHECKED[who.principal.kind])
    return Script(file, "\r\n".join("\n\n".join(parts).splitlines()) + "\r\n")


def quoted(text: str) -> str:
    """A text as PowerShell reads it back, whatever it holds."""
    seen = "".join(
        char for char in text if not unicodedata.category(char).startswith(("C", "Z")) or char == " "
    )
    doubled = "".join(char * 2 if char in _QUOTES else char for char in seen[:_LONGEST])
    return f"'{doubled}'"


def _file_name(lack: Lack) -> str:
    name = "".join(char for char in lack.privilege.name if char.isascii() and (char.isalnum() or char == "_"))
    return f"grant-{name[:80]}.ps1"


_HEAD: Final = """\
#Requires -Version 7.0
#Requires -Modules @{{ ModuleName = 'Az.Accounts'; ModuleVersion = '3.0.0' }}
<#
    Grants one missing privilege in Dataverse. Made by the Sync Errors bot, which cannot do this itself.
    Read it before you run it. Run it in PowerShell 7 (pwsh), as a System Administrator of the environment:
        Install-Module Az.Accounts -Scope CurrentUser    (once)
        Unblock-File ./{file}    (on Windows, as it was downloaded)
        ./{file} -WhatIf    (only shows what it would do)
        ./{file}
    It asks before each change. Where all is done already it changes nothing.
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'"""
"""``-AsSecureString`` of Get-AzAccessToken is in every Az.Accounts from 3.0 on, the default from 5.0
(MicrosoftDocs/azure-docs-powershell, ``migrate-az-14.0.0.md``). Braces are doubled for ``str.format``."""

_START: Final = """\
Connect-AzAccount -Tenant $tenant -Environment $cloud -WhatIf:$false -Confirm:$false | Out-Null
$secure = (Get-AzAccessToken -ResourceUrl $environment -AsSecureString).Token
$headers = @{
    'Authorization'    = 'Bearer ' + (ConvertFrom-SecureString -SecureString $secure -AsPlainText)
    'Accept'           = 'application/json'
    'OData-MaxVersion' = '4.0'
    'OData-Version'    = '4.0'
    'Consistency'      = 'Strong'
}
$api = $environment + '/api/data/v9.2/'
$depths = 'Basic', 'Local', 'Deep', 'Global'
$stopped = 'Stopped here, as you wished. Nothing further was changed.'

function Invoke-Dataverse([string]$Method, [string]$Path, $Body = $null) {
    $request = @{ Method = $Method; Uri = $api + $Path; Headers = $headers }
    if ($null -ne $Body) {
        $request.Body = $Body | ConvertTo-Json -Depth 5
        $request.ContentType = 'application/json; charset=utf-8'
    }
    Invoke-RestMethod @request
}

function Get-Rows([string]$Path) { , @((Invoke-Dataverse 'GET' $Path).value) }

function Get-Text([string]$Text) { [uri]::EscapeDataString("'" + $Text.Replace("'", "''") + "'") }

function Get-Reach([string]$Depth) {
    if ($Depth -match '^[0-3]$') { [int]$Depth } else { $depths.IndexOf($Depth) }
}

$privilege = Get-Rows ('privileges?$select=privilegeid,name&$filter=name eq ' + (Get-Text $privilegeName))
if ($privilege.Count -ne 1) { throw "This environment has no privilege $privilegeName." }
$privilegeId = $privilege[0].privilegeid"""
"""No ``If-None-Match: null``, which the Web API takes and .NET does not: Invoke-RestMethod would refuse to
send it (``EntityTagHeaderValue`` wants a quoted text), and it keeps no answers anyway."""

_ROLE_THAT_IS_THERE: Final = """\
$role = Invoke-Dataverse 'GET' ('roles(' + $roleId + ')?$select=roleid,name,ismanaged')
if ($role.ismanaged) { throw "The role $($role.name) is managed: a solution would set it back." }"""

_ROLE: Final = {
    Spot.HELD_ROLE: _ROLE_THAT_IS_THERE,
    Spot.OTHER_ROLE: _ROLE_THAT_IS_THERE,
    Spot.NEW_ROLE: """\
$root = Get-Rows 'businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null'
$rootId = $root[0].businessunitid
$found = Get-Rows ('roles?$select=roleid,name&$filter=name eq ' + (Get-Text $roleName) +
    ' and _businessunitid_value eq ' + $rootId)
if ($found.Count -gt 0) { $roleId = $found[0].roleid }
elseif ($PSCmdlet.ShouldProcess($environment, "Create the security role $roleName")) {
    $roleId = [guid]::NewGuid().ToString()
    Invoke-Dataverse 'POST' 'roles' @{
        'roleid'                    = $roleId
        'name'                      = $roleName
        'businessunitid@odata.bind' = '/businessunits(' + $rootId + ')'
    } | Out-Null
}
elseif (-not $WhatIfPreference) { Write-Host $stopped; return }""",
}

_GRANT: Final = """\
$has = @()
if ($roleId) {
    $granted = (Invoke-Dataverse 'GET' ('RetrieveRolePrivilegesRole(RoleId=' + $roleId + ')')).RolePrivileges
    $has = @($granted | Where-Object { $_.PrivilegeId -eq $privilegeId })
}
if ($has.Count -eq 0 -or (Get-Reach $has[0].Depth) -lt (Get-Reach $depth)) {
    if ($PSCmdlet.ShouldProcess($roleName, "Grant $privilegeName, depth $depth")) {
        Invoke-Dataverse 'POST' ('roles(' + $roleId + ')/Microsoft.Dynamics.CRM.AddPrivilegesRole') @{
            'Privileges' = @(@{
                '@odata.type' = 'Microsoft.Dynamics.CRM.RolePrivilege'
                'PrivilegeId' = $privilegeId
                'Depth'       = $depth
            })
        } | Out-Null
    }
    elseif (-not $WhatIfPreference) { Write-Host $stopped; return }
}"""

_ASSIGN: Final = """\
$assigned = @()
if ($roleId) {
    $principal = Invoke-Dataverse 'GET' (
        $principalSet + '(' + $principalId + ')?$select=_businessunitid_value')
    $copy = Get-Rows ('roles?$select=roleid&$filter=_parentrootroleid_value eq ' + $roleId +
        ' and _businessunitid_value eq ' + $principal._businessunitid_value)
    if ($copy.Count -ne 1) { throw "The role $roleName is not in the business unit of $principalName." }
    $copyId = $copy[0].roleid
    $roles = Get-Rows ($principalSet + '(' + $principalId + ')/' + $association + '?$select=roleid')
    $assigned = @($roles | Where-Object { $_.roleid -eq $copyId })
}
if ($assigned.Count -eq 0) {
    if ($PSCmdlet.ShouldProcess($principalName, "Assign the security role $roleName")) {
        Invoke-Dataverse 'POST' ($principalSet + '(' + $principalId + ')/' + $association + '/$ref') @{
            '@odata.id' = $api + 'roles(' + $copyId + ')'
        } | Out-Null
    }
    elseif (-not $WhatIfPreference) { Write-Host $stopped; return }
}"""

_CHECK: Final = """\
if ($WhatIfPreference) { return }
%s
$enough = @($now | Where-Object {
    $_.PrivilegeId -eq $privilegeId -and (Get-Reach $_.Depth) -ge (Get-Reach $depth)
})
if ($enough.Count -eq 0) { throw "$principalName still lacks $privilegeName, depth $depth." }
Write-Host "$principalName has $privilegeName now. Retry the records in Business Central or in Slack.\""""

_CHECKED: Final = {
    PrincipalKind.USER: """\
$now = (Invoke-Dataverse 'GET' ('systemusers(' + $principalId +
    ')/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName=' +
    (Get-Text $privilegeName) + ')')).RolePrivileges""",
    PrincipalKind.TEAM: """\
$now = (Invoke-Dataverse 'GET' ('teams(' + $principalId +
    ')/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges()')).RolePrivileges""",
}
