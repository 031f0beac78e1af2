/** What a guest tells of itself through its integration services (key-value pairs), in words that the rest of Guts knows. */
import type { MachineAnswer } from '../answers.ts';

/** By the beginning of `OSName`; the ids are those that profiles and Glance's words go by. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/windows/i, 'windows'],
  [/ubuntu/i, 'ubuntu'],
  [/debian/i, 'debian'],
  [/red hat|rhel/i, 'rhel'],
  [/centos/i, 'centos'],
  [/rocky/i, 'rockylinux'],
  [/alma/i, 'almalinux'],
  [/oracle/i, 'oraclelinux'],
  [/opensuse/i, 'opensuse'],
  [/suse|sles/i, 'sles'],
  [/fedora/i, 'fedora'],
  [/flatcar|coreos/i, 'coreos'],
  [/freebsd/i, 'freebsd'],
  [/linux/i, 'otherLinux'],
];
/** Of Windows, in `OSPlatformId`. */
const WINDOWS_NT = '2';

export interface GuestSystem {
  readonly id: string | null;
  readonly name: string | null;
}

export function guestSystemOf(words: Readonly<Record<string, string>> | null): GuestSystem {
  const name = words?.['OSName'] ?? '';
  if (name === '') return { id: words?.['OSPlatformId'] === WINDOWS_NT ? 'windows' : null, name: null };
  const version = ['OSMajorVersion', 'OSMinorVersion'].flatMap((key) => {
    const part = words?.[key] ?? '';
    return part === '' ? [] : part;
  });
  const id = SYSTEMS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  // Windows has its version in its name already, and its numbers say nothing to people.
  return { id, name: id === 'windows' || version.length === 0 ? name : `${name} ${version.join('.')}` };
}

/** Of the integration service “Shutdown”, whatever the host's language calls it. */
const SHUTDOWN = '9F8233AC-BE49-4C79-8EE3-E7E1985B2077';

/** Whether the guest can be asked to shut down: `running`, and why else not. */
export function toolsOf({
  services,
  state,
}: Pick<MachineAnswer, 'services' | 'state'>): 'running' | 'stopped' | 'missing' {
  const shutdown = services.find(({ id, name }) => id.toUpperCase().includes(SHUTDOWN) || name === 'Shutdown');
  if (shutdown === undefined || !shutdown.enabled) return 'missing';
  const answers = /^(?:ok|degraded|protocolmismatch|2)$/i.test(shutdown.status);
  return state === 'Running' && answers ? 'running' : 'stopped';
}
