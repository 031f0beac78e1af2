# Takes a checkpoint of a machine under a name that nobody else has, or removes those of that name; both may be asked twice.
# Arguments: machine, its id; name; action: create, remove.
function Get-Named($vm) {
  @(Get-VMSnapshot -VM $vm | Where-Object { [string]$_.Name -eq [string]$arguments.name })
}

function Get-Places($drives) {
  foreach ($drive in @($drives)) {
    [pscustomobject]@{
      controller = [string]$drive.ControllerType
      number = $drive.ControllerNumber
      location = $drive.ControllerLocation
      path = [string]$drive.Path
      files = (Get-DiskFiles $drive.Path).files
    }
  }
}

# The machine, as soon as the host is done with a checkpoint that was ordered before: the answer to that may have been lost.
function Get-Idle($id) {
  $vm = Get-Machine $id
  for ($seconds = 0; $seconds -lt 300 -and [string]$vm.SecondaryOperationalStatus -eq 'CreatingSnapshot'; $seconds += 2) {
    Start-Sleep -Seconds 2
    $vm = Get-Machine $id
  }
  $vm
}

function Get-Result {
  if ([string]$arguments.action -eq 'create') {
    $vm = Get-Idle $arguments.machine
    if (@(Get-Named $vm).Count -eq 0) { Checkpoint-VM -VM $vm -SnapshotName ([string]$arguments.name) }
    $vm = Get-Machine $arguments.machine
    $found = @(Get-Named $vm)
    if ($found.Count -ne 1) { throw ('There are ' + $found.Count + ' checkpoints of that name.') }
    return [pscustomobject]@{
      id = [string]$found[0].Id
      created = $found[0].CreationTime.ToUniversalTime().ToString('o')
      disks = @(Get-Places $found[0].HardDrives)
    }
  }
  $vm = Get-Machine $arguments.machine
  foreach ($one in @(Get-Named $vm)) { Remove-VMSnapshot -VMSnapshot $one }
  $vm = Get-Machine $arguments.machine
  [pscustomobject]@{
    left = @(Get-Named $vm).Count
    status = [string]$vm.Status
    doing = [string]$vm.SecondaryOperationalStatus
    disks = @(Get-Places (Get-VMHardDiskDrive -VM $vm))
  }
}
