# Comes before every script: errors end it, nothing else is said than its result, and its arguments are data, never text of it.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
# Nobody is there to be asked whether one is sure, and a question that nobody can answer is an error.
$ConfirmPreference = 'None'

# Something that went wrong: what PowerShell says, and its own id for it, which is the same in every language.
function Get-Trouble($record) {
  [pscustomobject]@{ message = [string]$record.Exception.Message; id = [string]$record.FullyQualifiedErrorId }
}

# The machine with an id; names repeat, and brackets in them are wildcards.
function Get-Machine($id) {
  Get-VM -Id ([guid][string]$id)
}

$arguments = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('ARGUMENTS')) | ConvertFrom-Json
