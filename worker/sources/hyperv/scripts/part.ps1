# A piece of a file, for headers alone: everything larger goes through SMB.
# Arguments: path, position, length (at most 1 MiB).
function Get-Result {
  $file = [IO.File]::Open([string]$arguments.path, 'Open', 'Read', 'ReadWrite')
  try {
    $null = $file.Seek([long]$arguments.position, 'Begin')
    $bytes = New-Object byte[] ([int]$arguments.length)
    $done = 0
    while ($done -lt $bytes.Length) {
      $count = $file.Read($bytes, $done, $bytes.Length - $done)
      if ($count -eq 0) { break }
      $done += $count
    }
    [pscustomobject]@{ size = $file.Length; read = $done; bytes = [Convert]::ToBase64String($bytes) }
  } finally {
    $file.Close()
  }
}
