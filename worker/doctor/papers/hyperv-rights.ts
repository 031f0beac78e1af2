/** The groups that Guts's account needs on a Hyper-V host: as a PowerShell script, and as a list. */
import { hypervNeeds } from '../hyperv-rights.ts';
import { quoted } from './powershell.ts';

const variables = { winrm: '$remoteManagement', hyperv: '$hyperv', shares: '$administrators' } as const;

export function hypervScript(users: readonly string[]): string {
  return lines([
    '# Adds the account of Guts to the groups that it needs. Run it as an administrator, on each node of a cluster.',
    '# Groups are named by their ids, which are the same in every language of Windows.',
    '$ErrorActionPreference = "Stop"',
    `$users = @(${users.map(quoted).join(', ')})`,
    ...hypervNeeds.flatMap(({ id, what, group, sid }) => [
      `# ${group}: ${what}`,
      ...(id === 'shares'
        ? ['# Leave it out where the disks are read from a share of your own (below), and not from D$.']
        : []),
      `${variables[id]} = ${quoted(sid)}`,
    ]),
    '',
    'foreach ($user in $users) {',
    `  foreach ($sid in @(${hypervNeeds.map(({ id }) => variables[id]).join(', ')})) {`,
    '    $group = Get-LocalGroup -SID $sid',
    '    $isMember = Get-LocalGroupMember -Group $group | Where-Object { $_.Name -like ("*\\" + ($user -split "[\\\\@]")[-1]) -or $_.Name -eq $user }',
    '    if (-not $isMember) { Add-LocalGroupMember -Group $group -Member $user }',
    '  }',
    '}',
    '',
    '# Instead of Administrators: a share that only this account may read. Name the folder of the disks, and take the signs away.',
    '# New-SmbShare -Name "GutsDisks" -Path "D:\\Hyper-V" -ReadAccess $users -EncryptData $true',
    '# Without a domain, local accounts lose their rights over the network unless this is set:',
    '# Set-ItemProperty -Path "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System" -Name LocalAccountTokenFilterPolicy -Value 1 -Type DWord',
  ]);
}

export function hypervText(users: readonly string[]): string {
  return lines([
    `Rights of ${users.join(', ')} on the Hyper-V host, and on each node of a cluster`,
    '',
    ...hypervNeeds.map(({ what, group, sid }) => `${group} (${sid}): ${what}`),
    '',
    'Instead of Administrators: a share of the disks’ folder that the account may read, named as a place of the source in Guts.',
    'Without a domain, LocalAccountTokenFilterPolicy has to be 1 for local accounts other than the built-in administrator.',
  ]);
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
