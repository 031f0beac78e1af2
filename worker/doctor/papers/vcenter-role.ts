/** The role with the least privileges for Guts: as a PowerCLI script, as a list, as JSON; all from the one table of them. */
import {
  NEEDED_FOR,
  heldOn,
  privilegeSets,
  type Privilege,
  type PrivilegeSet,
} from '../../sources/vsphere/privileges.ts';
import { quoted } from './powershell.ts';

const ROLE = 'Guts migration';

/** Every role has them. */
const isInEvery = (privilege: Privilege): boolean => privilege.startsWith('System.');

const titles: Readonly<Record<PrivilegeSet['need'], string>> = {
  seeing: 'always: seeing the inventory',
  lease: 'way of reading: lease',
  ranges: 'way of reading: ranges',
  areas: 'way of reading: areas',
  stopping: 'option: shut the machine down first',
  freezing: 'option: copy the machine while it runs, by a snapshot',
  other: 'option',
};

const titleOf = ({ need, says }: PrivilegeSet): string =>
  need === 'other' ? `${titles.other}: ${says}` : titles[need];

export function roleScript(users: readonly string[]): string {
  const groups = privilegeSets.flatMap((set) => {
    const own = set.privileges.filter((one) => !isInEvery(one));
    if (own.length === 0) return [`# ${titleOf(set)}: ${set.privileges.join(', ')}, which every role has.`];
    return [`# ${titleOf(set)}`, `$ids += ${own.map(quoted).join(', ')}`];
  });
  return lines([
    '# Makes the role with which Guts moves machines, and grants it. Run it in PowerCLI, after Connect-VIServer.',
    '# Take out the lines of ways and options that are not wanted: one way of reading is enough.',
    '$ErrorActionPreference = "Stop"',
    `$roleName = ${quoted(ROLE)}`,
    `$users = @(${users.map(quoted).join(', ')})`,
    '# Where it shall hold: the root folder is everything. Name a data centre or folder for less.',
    '$entity = Get-Folder -NoRecursion',
    '',
    '$ids = @()',
    ...groups,
    '$ids = @($ids | Sort-Object -Unique)',
    '',
    '# An id that this vCenter does not know ends the script here, before anything is made.',
    '$privileges = Get-VIPrivilege -Id $ids',
    '$role = Get-VIRole | Where-Object { $_.Name -eq $roleName }',
    'if ($role) { $role = Set-VIRole -Role $role -AddPrivilege $privileges }',
    'else { $role = New-VIRole -Name $roleName -Privilege $privileges }',
    'foreach ($user in $users) {',
    '  New-VIPermission -Entity $entity -Principal $user -Role $role -Propagate:$true | Out-Null',
    '}',
    'Write-Output ("Granted " + $roleName + " to " + ($users -join ", ") + ": " + ($ids -join ", "))',
  ]);
}

export function roleText(users: readonly string[]): string {
  return lines([
    `Role “${ROLE}” for ${users.join(', ')}`,
    '',
    'Grant it on the folders or data centres of the machines that shall move, with “propagate to children”; for tags, System.Read',
    'has to be held as a global permission. The privileges, by what needs them; one way of reading is enough:',
    '',
    ...privilegeSets.flatMap((set) => [
      titleOf(set),
      ...set.privileges.map((one) => `  ${one} — on ${heldOn(one).join(', ')}; for ${NEEDED_FOR[one]}`),
      '',
    ]),
  ]);
}

export function roleJson(): string {
  const sets = privilegeSets.map((set) => ({
    need: set.need,
    says: set.says,
    privileges: set.privileges.map((id) => ({ id, on: heldOn(id), neededFor: NEEDED_FOR[id] })),
  }));
  return `${JSON.stringify({ role: ROLE, sets }, null, 2)}\n`;
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
