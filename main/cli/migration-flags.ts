/** The options of `guts create`, and the wishes of a migration that they say. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import {
  defaultOptions,
  MigrationOptions,
  NodeTag,
  Profile,
  Reading,
  type NetworkChoice,
} from '../shared/migration.ts';
import { repeated } from './repeated.ts';
import { UsageError } from './usage-error.ts';

export interface MigrationFlags {
  readonly targetName?: string;
  readonly read: MigrationOptions['reading'];
  readonly whileRunning: 'shut-down' | 'snapshot';
  readonly shutDownTimeout: number;
  readonly mayPullPlug: boolean;
  readonly imageFormat: MigrationOptions['imageFormat'];
  readonly volumes: boolean;
  readonly volumeType?: string;
  readonly keepImages: boolean;
  readonly flavor?: string;
  readonly createFlavor: boolean;
  readonly map: readonly NetworkChoice[];
  readonly newMac: boolean;
  readonly securityGroup: readonly string[];
  readonly addressPair: readonly string[];
  /** Networks of the source; null for all. */
  readonly portSecurity: readonly (string | null)[];
  readonly floating?: string;
  readonly profile: MigrationOptions['profile'];
  readonly availabilityZone?: string;
  readonly keyPair?: string;
  readonly serverGroup?: string;
  readonly userData?: string;
  readonly bootTimeout: number;
  readonly consoleMarker?: string;
  readonly reachablePort?: number;
  readonly accept: readonly string[];
  readonly nodeTag: readonly string[];
}

export function migrationOptions(command: Command): Command {
  return command
    .option(
      '--map <from=to[:ip]>',
      'network of the source to network of the cloud; without FROM= for all cards; ip: keep (default), auto or an address (may be repeated)',
      (text, before: NetworkChoice[]) => [...before, networkChoice(text)],
      [],
    )
    .option('--target-name <name>', 'name of the new server (default: the machine’s)')
    .option('--flavor <flavor>', 'name or id (default: the smallest that fits)')
    .option('--create-flavor', 'make a flavor where none fits; takes an administrator', false)
    .addOption(
      new Option('--profile <profile>', 'hardware of the new server: virtio needs drivers in the guest')
        .choices(['auto', ...Profile.options])
        .default('auto'),
    )
    .option('--volumes', 'boot from volumes instead of images', false)
    .option('--volume-type <type>', 'of the volumes (default: the cloud’s)')
    .option('--keep-images', 'keep the images of which volumes were made', false)
    .addOption(
      new Option('--read <how>', 'how disks are read (default: the best way that is possible)')
        .choices(['auto', ...Reading.options])
        .default('auto'),
    )
    .addOption(new Option('--image-format <format>', 'of the images').choices(['auto', 'qcow2', 'raw']).default('auto'))
    .addOption(
      new Option(
        '--while-running <how>',
        'a machine that runs is shut down first, or copied as it runs (crash-consistent)',
      )
        .choices(['shut-down', 'snapshot'])
        .default('shut-down'),
    )
    .option('--shut-down-timeout <seconds>', 'how long the guest may take for it', wholeNumber(1), 300)
    .option('--may-pull-plug', 'power off a guest that does not shut down in time', false)
    .option('--new-mac', 'let the cloud choose the MAC addresses', false)
    .option('--security-group <group>', 'name or id (may be repeated)', repeated, [])
    .option(
      '--address-pair <[net=]address>',
      'address or CIDR that ports may send from besides; with NET= only those of cards on this network of the source (may be repeated)',
      repeated,
      [],
    )
    .option(
      '--port-security <[net=]off>',
      'make ports without port security; with NET= only those of cards on this network of the source (may be repeated)',
      networkWithout,
      [],
    )
    .option('--floating <network>', 'external network to take a floating address from')
    .option('--availability-zone <zone>', 'where the server is made')
    .option('--key-pair <name>', 'key pair of the server')
    .option('--server-group <group>', 'name or id')
    .option('--user-data <file>', 'user data for cloud-init')
    .option('--boot-timeout <seconds>', 'how long its console is watched; 0 does not', wholeNumber(0), 180)
    .option('--console-marker <text>', 'text that the console must show (default: any login prompt)')
    .option('--reachable-port <port>', 'TCP port that must answer in the end', wholeNumber(1, 65_535))
    .option(
      '--accept <finding>',
      'go on in spite of this warning; all (default), none, or an id (may be repeated)',
      repeated,
      [],
    )
    .option('--node-tag <tag>', 'run it only on a node that has this tag (may be repeated: all of them)', nodeTag, []);
}

class UserDataError extends GutsError {
  readonly code = 'user-data.unreadable';
  readonly remedy = 'Give a text file of at most 64 KiB.';
}

/** Nova takes no more. */
const MOST_USER_DATA_BYTES = 65_535;

/** @throws UsageError for wishes that contradict each other */
export async function optionsFrom(flags: MigrationFlags): Promise<MigrationOptions> {
  if (flags.volumeType !== undefined && !flags.volumes) throw new UsageError('--volume-type is about --volumes.');
  if (flags.keepImages && !flags.volumes)
    throw new UsageError('--keep-images is about --volumes; a server that boots from images keeps them anyway.');
  const all = flags.map.filter(({ from }) => from === null);
  if (all.length > 1) throw new UsageError('Only one --map can be about all network cards.');
  const pairs = flags.addressPair.map(addressPair);
  return MigrationOptions.parse({
    ...defaultOptions,
    targetName: flags.targetName ?? null,
    reading: flags.read,
    whileRunning: flags.whileRunning === 'snapshot' ? 'snapshot' : 'shutDown',
    shutDownTimeoutSeconds: flags.shutDownTimeout,
    mayPullPlug: flags.mayPullPlug,
    imageFormat: flags.imageFormat,
    boot: flags.volumes ? 'volume' : 'image',
    volumeType: flags.volumeType ?? null,
    keepImages: flags.keepImages,
    flavor: flags.flavor ?? null,
    createFlavor: flags.createFlavor,
    networks: guarded(flags.map, pairs, flags.portSecurity),
    keepMac: !flags.newMac,
    securityGroups: [...flags.securityGroup],
    addressPairs: pairs.flatMap(({ from, address }) => (from === null ? address : [])),
    floatingNetwork: flags.floating ?? null,
    profile: flags.profile,
    availabilityZone: flags.availabilityZone ?? null,
    keyPair: flags.keyPair ?? null,
    serverGroup: flags.serverGroup ?? null,
    userData: flags.userData === undefined ? null : await userDataIn(flags.userData),
    bootTimeoutSeconds: flags.bootTimeout,
    consoleMarker: flags.consoleMarker ?? null,
    reachablePort: flags.reachablePort ?? null,
    accept: accepted(flags.accept),
    nodeTags: [...flags.nodeTag],
  });
}

/** `net`, `net:auto`, `VM Network=net`, `VM Network=net:192.0.2.7`; names may hold colons and equals signs. */
function networkChoice(text: string): NetworkChoice {
  const at = text.lastIndexOf('=');
  const from = at < 0 ? null : text.slice(0, at);
  const target = text.slice(at + 1);
  if (target === '' || from === '') throw new InvalidArgumentError('Say it as FROM=TO, FROM=TO:ip, or TO.');
  for (let colon = target.indexOf(':'); colon > 0; colon = target.indexOf(':', colon + 1)) {
    const ip = target.slice(colon + 1);
    if (ip === 'keep' || ip === 'auto' || isIP(ip) !== 0)
      return { from: everyCard(from), to: target.slice(0, colon), ip };
  }
  return { from: everyCard(from), to: target, ip: 'keep' };
}

const everyCard = (from: string | null): string | null => (from === '*' ? null : from);

/** `192.0.2.9`, `VM Network=192.0.2.9`, `VM Network=192.0.2.0/28`. */
function addressPair(text: string): { readonly from: string | null; readonly address: string } {
  const at = text.lastIndexOf('=');
  const address = text.slice(at + 1);
  if (isIP(address.replace(/\/\d{1,3}$/, '')) === 0 || at === 0)
    throw new UsageError(`“${text}” is no address: say it as ADDRESS, as ADDRESS/BITS, or with NET= before it.`);
  return { from: at < 0 ? null : text.slice(0, at), address };
}

/** `off`, `VM Network=off`. */
function networkWithout(text: string, before: (string | null)[]): (string | null)[] {
  const net = /^(?:(.+)=)?off$/s.exec(text);
  if (net === null) throw new InvalidArgumentError('Say it as off, or as NET=off.');
  return [...before, everyCard(net[1] ?? null)];
}

/** The choices with what guards the ports of each: one that is about all cards is taken for a network that none is about. */
function guarded(
  choices: readonly NetworkChoice[],
  pairs: readonly ReturnType<typeof addressPair>[],
  without: readonly (string | null)[],
): NetworkChoice[] {
  const forAll = choices.find(({ from }) => from === null);
  const named = [...pairs.map(({ from }) => from), ...without].filter((from) => from !== null);
  if (without.includes(null) && choices.length === 0)
    throw new UsageError('--port-security off needs a --map: it is said of ports on networks of the cloud.');
  const more = [...new Set(named)].flatMap((from) => {
    if (choices.some((choice) => choice.from === from)) return [];
    if (forAll === undefined) throw new UsageError(`Say where “${from}” goes as well: --map "${from}=NETWORK".`);
    return [{ ...forAll, from }];
  });
  return [...more, ...choices].map((choice) => {
    const own = pairs.flatMap(({ from, address }) => (from !== null && from === choice.from ? address : []));
    return {
      ...choice,
      ...(without.includes(null) || without.includes(choice.from) ? { portSecurity: false as const } : {}),
      ...(own.length === 0 ? {} : { addressPairs: own }),
    };
  });
}

function accepted(ids: readonly string[]): MigrationOptions['accept'] {
  if (ids.length === 0) return 'all';
  const isSpecial = ids.some((id) => id === 'all' || id === 'none');
  if (isSpecial && ids.length > 1) throw new UsageError('--accept all and --accept none stand alone.');
  if (isSpecial) return ids[0] === 'all' ? 'all' : [];
  return ids.map(findingId);
}

/** As findings write it, however somebody types it: `VM-10b`. */
export const findingId = (text: string): string =>
  text.toUpperCase().replace(/(?<=\d)[A-Z]$/, (letter) => letter.toLowerCase());

async function userDataIn(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UserDataError(`The file “${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
  if (bytes.length > MOST_USER_DATA_BYTES) throw new UserDataError(`“${file}” has ${bytes.length} bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserDataError(`“${file}” is no text.`, { cause });
  }
}

function nodeTag(text: string, before: string[]): string[] {
  if (!NodeTag.safeParse(text).success)
    throw new InvalidArgumentError('A tag has no spaces, and at most 63 letters: see “guts node list”.');
  return [...before, text];
}

export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `Give a whole number, at least ${least}.`
          : `Give a whole number from ${least} to ${most}.`,
      );
    return value;
  };
}
