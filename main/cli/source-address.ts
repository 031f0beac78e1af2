/** The options of `guts source create` that say where a source is and how it is reached, and what the kinds make of them. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  defaultDiskAccess,
  HypervConnection,
  SourceKind,
  type DiskAccess,
  type DiskPlace,
  type SourceConnection,
} from '../shared/connections.ts';
import { diskPlaceOf, winrmUrl } from '../shared/hyperv-address.ts';
import { wholeNumber } from './migration-flags.ts';
import { urlOf } from './url.ts';
import { UsageError } from './usage-error.ts';

export interface AddressFlags {
  readonly kind: SourceKind;
  readonly url: string;
  readonly user: string;
  readonly signIn?: HypervConnection['signInBy'];
  readonly smbPort?: number;
  readonly encryptDisks: boolean;
  readonly diskPlace: readonly DiskPlace[];
}

/** What a source is made of, as far as these options tell. */
export interface SourceAddress {
  readonly kind: SourceKind;
  readonly url: string;
  readonly userName: string;
  readonly signInBy?: HypervConnection['signInBy'];
  readonly disks?: DiskAccess;
}

export function addressOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--kind <kind>', 'a vCenter or ESXi host, or a Hyper-V host')
        .choices(SourceKind.options)
        .default('vsphere'),
    )
    .requiredOption(
      '--url <url>',
      'https://HOST[:PORT] of the vCenter or ESXi host; of Hyper-V its WinRM service: HOST, https://HOST[:5986] or http://HOST[:5985]',
      withoutUser,
    )
    .requiredOption(
      '--user <name>',
      'whom to sign in as; with vCenter usually NAME@DOMAIN, with Hyper-V DOMAIN\\NAME or HOST\\NAME',
    )
    .addOption(
      new Option('--sign-in <how>', 'Hyper-V: how to sign in; basic takes https (default: ntlm)').choices(
        HypervConnection.shape.signInBy.options,
      ),
    )
    .option('--smb-port <port>', 'Hyper-V: port of the host’s file shares (default: 445)', wholeNumber(1, 65_535))
    .option('--no-encrypt-disks', 'Hyper-V: read disks without encryption where the share does not demand it')
    .option(
      '--disk-place <folder=path>',
      'Hyper-V: where a folder of the host is mounted here, or shared as \\\\SERVER\\SHARE (may be repeated)',
      (text, before: DiskPlace[]) => [...before, diskPlace(text)],
      [],
    );
}

/** @throws UsageError for what does not fit the kind */
export function sourceAddress(flags: AddressFlags): SourceAddress {
  const { kind, user: userName } = flags;
  return kind === 'vsphere' ? vsphere(flags, userName) : hyperv(flags, userName);
}

function vsphere(flags: AddressFlags, userName: string): SourceAddress {
  const { url, signIn, smbPort, encryptDisks, diskPlace: places } = flags;
  const foreign = [
    signIn === undefined ? [] : '--sign-in',
    smbPort === undefined ? [] : '--smb-port',
    encryptDisks ? [] : '--no-encrypt-disks',
    places.length === 0 ? [] : '--disk-place',
  ].flat();
  if (foreign.length > 0) throw new UsageError(`${foreign.join(', ')}: that is about --kind hyperv.`);
  const whole = urlOf(hasScheme(url) ? url : `https://${url}`); // a bare host name, or a page that somebody copied
  if (whole === null || whole.protocol !== 'https:')
    throw new UsageError('--url: give https://HOST or https://HOST:PORT.');
  return { kind: 'vsphere', url: whole.origin, userName };
}

function hyperv(flags: AddressFlags, userName: string): SourceAddress {
  const { signIn: signInBy = 'ntlm', smbPort = defaultDiskAccess.smbPort, encryptDisks: encrypt } = flags;
  const url = winrmUrl(flags.url);
  if (url === null) throw new UsageError('--url: give HOST, https://HOST:5986 or http://HOST:5985.');
  if (signInBy === 'basic' && url.startsWith('http:'))
    throw new UsageError(
      `--sign-in basic would send the password in the clear to ${url}: give an https:// address, or sign in by ntlm.`,
    );
  return { kind: 'hyperv', url, userName, signInBy, disks: { smbPort, encrypt, places: [...flags.diskPlace] } };
}

/** In words for people, beside what is known of every source. */
export function addressText(source: SourceConnection): [string, string][] {
  if (source.kind === 'vsphere') return [];
  const { signInBy, disks } = source;
  return [
    ['signs in by', signInBy === 'ntlm' ? 'NTLM' : 'Basic'],
    [
      'disks',
      `through SMB on port ${disks.smbPort}, ${disks.encrypt ? 'encrypted' : 'encrypted only where it must be'}`,
    ],
    ...disks.places.map(({ onHost, here }): [string, string] => ['disk place', `${onHost} is ${here}`]),
  ];
}

export const kindText: Readonly<Record<SourceKind, string>> = { vsphere: 'vSphere', hyperv: 'Hyper-V' };

const hasScheme = (text: string): boolean => /^[a-z]+:\/\//i.test(text);

function withoutUser(text: string): string {
  const url = urlOf(hasScheme(text) ? text : `https://${text}`);
  if (url === null) throw new InvalidArgumentError('Give https://HOST or https://HOST:PORT.');
  if (url.username !== '' || url.password !== '')
    throw new UsageError('Give the user with --user, not in --url, and the password never on the command line.'); // not repeated
  return text;
}

function diskPlace(text: string): DiskPlace {
  const found = diskPlaceOf(text);
  if (found === null) throw new InvalidArgumentError('Say it as FOLDER=PATH, such as D:\\Hyper-V=/mnt/hv.');
  return found;
}
