# Comes before scripts that look into disks: the files of a disk, from itself down to its oldest parent, as far as they open.
function Get-DiskFiles($path) {
  $files = @()
  $trouble = $null
  $next = [string]$path
  while ($next -ne '' -and $files.Count -lt 64) {
    try {
      $vhd = Get-VHD -Path $next
    } catch {
      $trouble = Get-Trouble $_
      break
    }
    $files += [pscustomobject]@{
      path = [string]$vhd.Path
      format = [string]$vhd.VhdFormat
      type = [string]$vhd.VhdType
      size = $vhd.Size
      fileSize = $vhd.FileSize
      sector = $vhd.LogicalSectorSize
      id = [string]$vhd.DiskIdentifier
    }
    $next = [string]$vhd.ParentPath
  }
  [pscustomobject]@{ files = @($files); trouble = $trouble }
}
