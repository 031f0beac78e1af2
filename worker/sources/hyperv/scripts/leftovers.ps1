# Checkpoints of all machines whose name begins with a prefix.
# Arguments: prefix.
function Get-Result {
  $found = @()
  foreach ($vm in @(Get-VM)) {
    foreach ($one in @(Get-VMSnapshot -VM $vm)) {
      if (([string]$one.Name).StartsWith([string]$arguments.prefix)) {
        $found += [pscustomobject]@{ machine = [string]$vm.Id; id = [string]$one.Id; name = [string]$one.Name }
      }
    }
  }
  [pscustomobject]@{ checkpoints = @($found) }
}
