/** Writes the files for those who own a vCenter, a Hyper-V host or a firewall: what to grant, what to open, and why. */
import { hostname } from 'node:os';
import type { DoctorPaper, DoctorPapers } from '../../../main/shared/doctor.ts';
import type { DoctorPapersJob } from '../../../main/shared/doctor-jobs.ts';
import { ownAddresses } from '../local-networks.ts';
import { firewallCsv, firewallMarkdown } from './firewall.ts';
import { hypervScript, hypervText } from './hyperv-rights.ts';
import { waysToCloud, waysToSource, type Way } from './ways.ts';
import { roleJson, roleScript, roleText } from './vcenter-role.ts';

/** Signs in to learn which hosts and endpoints there are; where that fails, a warning says so, and the rest is written. */
export async function writePapers(
  { sources, destinations }: DoctorPapersJob,
  signal: AbortSignal,
): Promise<DoctorPapers> {
  const ways: Way[] = [];
  const warnings: string[] = [];
  for (const signIn of sources) {
    const found = await waysToSource(signIn, signal);
    ways.push(...found.ways);
    warnings.push(...found.warnings);
  }
  for (const signIn of destinations) {
    const found = await waysToCloud(signIn, signal);
    ways.push(...found.ways);
    warnings.push(...found.warnings);
  }
  const usersOf = (kind: 'vsphere' | 'hyperv'): string[] => [
    ...new Set(sources.flatMap(({ connection }) => (connection.kind === kind ? connection.userName : []))),
  ];
  const from = { host: hostname(), addresses: ownAddresses() };
  return {
    papers: [
      ...vspherePapers(usersOf('vsphere')),
      ...hypervPapers(usersOf('hyperv')),
      {
        name: 'firewall-request.md',
        says: 'For whoever owns the firewall: every way that has to be open, and why.',
        text: firewallMarkdown(from, ways, warnings),
      },
      { name: 'firewall-request.csv', says: 'The same as a table.', text: firewallCsv(from, ways) },
    ],
    warnings,
  };
}

function vspherePapers(users: readonly string[]): DoctorPaper[] {
  if (users.length === 0) return [];
  return [
    {
      name: 'vcenter-role.ps1',
      says: 'For whoever owns the vCenter: makes the role with the least privileges, by PowerCLI.',
      text: roleScript(users),
    },
    { name: 'vcenter-role.txt', says: 'The same as a list, to be set by hand.', text: roleText(users) },
    { name: 'vcenter-role.json', says: 'The same for programs.', text: roleJson() },
  ];
}

function hypervPapers(users: readonly string[]): DoctorPaper[] {
  if (users.length === 0) return [];
  return [
    {
      name: 'hyperv-rights.ps1',
      says: 'For whoever owns the Hyper-V host: adds the account to the groups that it needs, on each node.',
      text: hypervScript(users),
    },
    { name: 'hyperv-rights.txt', says: 'The same as a list, to be set by hand.', text: hypervText(users) },
  ];
}
