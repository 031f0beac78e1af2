# Comes after every script, whose function is Get-Result: says what it found in one line that shows whether it came whole.
try {
  $said = [pscustomobject]@{ ok = $true; value = (Get-Result); trouble = $null }
} catch {
  $said = [pscustomobject]@{ ok = $false; value = $null; trouble = (Get-Trouble $_) }
}
$plain = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $said -Depth 12 -Compress))
$memory = New-Object IO.MemoryStream
$gzip = New-Object IO.Compression.GZipStream($memory, [IO.Compression.CompressionMode]::Compress)
$gzip.Write($plain, 0, $plain.Length)
$gzip.Close()
$packed = $memory.ToArray()
$sum = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($packed)).Replace('-', '').ToLowerInvariant()
[Console]::Out.WriteLine('GUTS1 ' + $packed.Length + ' ' + $sum + ' ' + [Convert]::ToBase64String($packed))
