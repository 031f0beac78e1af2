# Who the host is, and whether this user may look at its machines and shut them down.
function Get-Result {
  $vmHost = Get-VMHost
  $system = Get-CimInstance -ClassName Win32_OperatingSystem
  [pscustomobject]@{
    name = [string]$vmHost.Name
    fqdn = [string]$vmHost.FullyQualifiedDomainName
    system = [string]$system.Caption
    version = [string]$system.Version
    powershell = [string]$PSVersionTable.PSVersion
    machines = @(Get-VM).Count
    disksFolder = [string]$vmHost.VirtualHardDiskPath
    cluster = (Get-ClusterFacts)
  }
}
