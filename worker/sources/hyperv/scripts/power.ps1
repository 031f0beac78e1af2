# Looks at a machine's state, or changes it. What Stop-VM returns is not relied on: whoever asks looks again.
# Arguments: machine, its id; to: look, shutDown, turnOff, start.
function Get-Result {
  $vm = Get-Machine $arguments.machine
  $trouble = $null
  try {
    switch ([string]$arguments.to) {
      'shutDown' { Stop-VM -VM $vm -Force }
      'turnOff' { Stop-VM -VM $vm -TurnOff -Force }
      'start' { Start-VM -VM $vm }
    }
  } catch { $trouble = Get-Trouble $_ }
  $now = Get-Machine $arguments.machine
  [pscustomobject]@{ state = [string]$now.State; heartbeat = [string]$now.Heartbeat; trouble = $trouble }
}
