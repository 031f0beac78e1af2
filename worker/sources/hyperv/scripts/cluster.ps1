# Comes before scripts that tell of the cluster.

# Null where the host is in no cluster, or the cluster's own commands are not there.
function Get-ClusterFacts {
  try {
    $cluster = Get-Cluster
    [pscustomobject]@{
      name = [string]$cluster.Name
      nodes = @(Get-ClusterNode | ForEach-Object { [pscustomobject]@{ name = [string]$_.Name; state = [string]$_.State } })
    }
  } catch { $null }
}
