/** Options as somebody types them: which flags a fix adds, and which it leaves out. */
import type { MigrationOptions, NetworkChoice } from '../shared/migration.ts';

type Words = { readonly [K in keyof MigrationOptions]?: (value: MigrationOptions[K]) => readonly string[] };

const orWithout =
  (flag: string) =>
  (value: string | null): readonly string[] =>
    value === null ? [`without ${flag}`] : [`${flag} ${quoted(value)}`];
const onlyIf =
  (flag: string) =>
  (isOn: boolean): readonly string[] => [isOn ? flag : `without ${flag}`];

const words: Words = {
  targetName: orWithout('--target-name'),
  reading: (how) => [`--read ${how}`],
  whileRunning: (how) => [`--while-running ${how === 'shutDown' ? 'shut-down' : how}`],
  mayPullPlug: onlyIf('--may-pull-plug'),
  boot: (from) => onlyIf('--volumes')(from === 'volume'),
  volumeType: orWithout('--volume-type'),
  flavor: orWithout('--flavor'),
  createFlavor: onlyIf('--create-flavor'),
  networks: (choices) => [
    ...choices.map((choice) => `--map ${quoted(choiceText(choice))}`),
    ...choices.flatMap(guardFlags),
  ],
  keepMac: (keeps) => onlyIf('--new-mac')(!keeps),
  securityGroups: (groups) => groups.map((group) => `--security-group ${quoted(group)}`),
  addressPairs: (addresses) => addresses.map((address) => `--address-pair ${address}`),
  floatingNetwork: orWithout('--floating'),
  profile: (profile) => [`--profile ${profile}`],
  availabilityZone: orWithout('--availability-zone'),
  nodeTags: (tags) => (tags ?? []).map((tag) => `--node-tag ${quoted(tag)}`),
};

export function flagsOf(options: { readonly [K in keyof MigrationOptions]?: MigrationOptions[K] | undefined }): string {
  return Object.entries(options)
    .flatMap(([name, value]) => {
      const say = words[name as keyof MigrationOptions] as ((value: unknown) => readonly string[]) | undefined; // of that option
      return say?.(value) ?? [`${name} = ${JSON.stringify(value)}`];
    })
    .join(' ');
}

const choiceText = ({ from, to, ip }: NetworkChoice): string =>
  `${from === null ? '' : `${from}=`}${to}${ip === 'keep' ? '' : `:${ip}`}`;

/** What the ports of one choice may besides. */
function guardFlags({ from, portSecurity, addressPairs = [] }: NetworkChoice): string[] {
  const of = from === null ? '' : `${from}=`;
  return [
    ...(portSecurity === false ? [`--port-security ${quoted(`${of}off`)}`] : []),
    ...addressPairs.map((address) => `--address-pair ${quoted(`${of}${address}`)}`),
  ];
}

/** For a shell. */
export const quoted = (text: string): string =>
  /^[\w.:=/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
