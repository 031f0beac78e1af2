/** What other tools check before a move and preflight does not, and why: the manual lists it, so that nobody relies on it. */
export interface NotLookedAt {
  readonly what: string;
  /** In Markdown. */
  readonly why: string;
}

export const notLookedAt: readonly NotLookedAt[] = [
  {
    what: 'Whether Nova is asked in a version that takes volumes of multiattach types (OST-08)',
    why: 'It always is, where the cloud speaks it: servers are asked for in compute API 2.60. Clouds that do not are older than OpenStack Queens.',
  },
  {
    what: 'Whether names of metadata and properties are legal (OST-12)',
    why: 'They do not depend on the machine: they are [Guts’s own](openstack.md#by-what-it-is-known) and [Nova’s](openstack.md#hardware), and values are cut to the 255 characters that services take.',
  },
  {
    what: 'Whether the cloud’s hosts have UEFI firmware and the machine type q35',
    why: 'Nova tells nobody. Hosts that can do Secure Boot have both; that is looked at where the cloud tells it ([NEW-18](#new-18)).',
  },
  {
    what: 'Files inside the guest: its fstab, encryption of its own, antivirus, group policies, drivers that it has',
    why: 'No disk is read before the copy. What of the guest is judged is what its hypervisor and its tools tell.',
  },
  {
    what: 'DRS rules of vSphere',
    why: 'They are of clusters and not of machines. Server groups take their place in a cloud (`--server-group`).',
  },
];
