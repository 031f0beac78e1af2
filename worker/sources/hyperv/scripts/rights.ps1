# Who this user is for the host, and in which groups, by the ids that are the same in every language.
function Get-Result {
  $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
  [pscustomobject]@{
    user = [string]$identity.Name
    groups = @($identity.Groups | ForEach-Object { [string]$_.Value })
  }
}
