/** The PowerShell scripts that Guts runs on a host: each a file beside this one, with its arguments brought along as data. */
import about from './scripts/about.ps1?raw';
import checkpoint from './scripts/checkpoint.ps1?raw';
import cluster from './scripts/cluster.ps1?raw';
import diskFiles from './scripts/disk-files.ps1?raw';
import head from './scripts/head.ps1?raw';
import inventory from './scripts/inventory.ps1?raw';
import leftovers from './scripts/leftovers.ps1?raw';
import part from './scripts/part.ps1?raw';
import power from './scripts/power.ps1?raw';
import rights from './scripts/rights.ps1?raw';
import tail from './scripts/tail.ps1?raw';

const bodies = {
  about: `${cluster}\n${about}`,
  checkpoint: `${diskFiles}\n${checkpoint}`,
  inventory: `${cluster}\n${diskFiles}\n${inventory}`,
  leftovers,
  part,
  power,
  rights,
};
export type ScriptName = keyof typeof bodies;
/** They change nothing on the host, whatever they are asked. */
export const lookingScripts: ReadonlySet<ScriptName> = new Set(['about', 'inventory', 'leftovers', 'part', 'rights']);
export const scriptNames = Object.keys(bodies) as ScriptName[]; // Object.keys forgets which strings they are

/**
 * The whole script as the host gets it. What the arguments hold is never text of the script: it is JSON in base64, whose letters
 * mean nothing to PowerShell.
 */
export function scriptText(name: ScriptName, args: Readonly<Record<string, unknown>>): string {
  const encoded = Buffer.from(JSON.stringify(args)).toString('base64');
  return [`# guts: ${name}`, head.replace('ARGUMENTS', encoded), bodies[name], tail].join('\n');
}
