/** The way to a Hyper-V host or the nodes of its cluster: servers, groups of the account, and the disks of a machine. */
import type { HypervSignIn } from '../../main/shared/connections.ts';
import type { DoctorReading } from '../../main/shared/doctor.ts';
import { bytesText, secondsText } from '../../main/shared/figures.ts';
import { winrmPlace } from '../../main/shared/hyperv-address.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { openWinrmFile } from '../sources/hyperv/disks/winrm-file.ts';
import { hypervDriver } from '../sources/hyperv/driver.ts';
import { HypervHosts, nodeAddress } from '../sources/hyperv/hosts.ts';
import { isOlder, OLDEST_SUPPORTED } from '../sources/hyperv/probe.ts';
import { lookAtGroups } from './hyperv-rights.ts';
import { machineOf, mayBeSignedIn, NOTHING, undoLeft, type SourceLook, type SourceSeen } from './look.ts';
import { findMachine } from './machine.ts';
import { lookAtPlaces, type Place } from './places.ts';
import { tryReadings, untried } from './readings.ts';

/** Heads of files alone go through it, and slowly. */
const WINRM_BYTES = 4 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const LAST_RESORT = 'WinRM carries heads of files only, so no machine can be moved by it.';

export async function lookAtHyperv(signIn: HypervSignIn, look: SourceLook): Promise<SourceSeen> {
  const { steps, signal, vm: wanted, withSnapshot, ledger } = look;
  const { connection } = signIn;
  const places = hypervPlaces(signIn, winrmPlace(connection).host);
  await lookAtPlaces(places, steps, signal);
  if (places[0] !== undefined && !mayBeSignedIn(places[0], steps)) return NOTHING;
  const opened: { hosts: HypervHosts | null } = { hosts: null };
  await steps.look('rights', `sign-in as ${connection.userName}`, async () => {
    opened.hosts = await HypervHosts.open(signIn, signal);
    return { verdict: 'good', says: `${connection.url} lets ${connection.userName} in, and shows its machines.` };
  });
  const { hosts } = opened;
  if (hosts === null) return NOTHING;
  await using driver = hypervDriver(hosts, signIn);
  await undoLeft(look, driver);
  const { about, aboutHost } = hosts;
  const product = `${about.product} ${about.version}`;
  const isOld = isOlder(about.version, OLDEST_SUPPORTED);
  steps.add('rights', 'version', {
    verdict: isOld ? 'poor' : 'good',
    says: isOld
      ? `${product} is older than Windows Server 2012 R2, the oldest that Guts is made for.`
      : `${aboutHost.system} (${about.version}) is one that Guts is made for.`,
    ...(isOld ? { remedy: 'Try a machine that matters little first, or update the host.' } : {}),
  });
  const { host } = winrmPlace(connection);
  const nodes = (aboutHost.cluster?.nodes ?? []).map(({ name }) => name);
  const others = nodes.filter((name) => name.toLowerCase() !== aboutHost.name.toLowerCase());
  await lookAtPlaces(
    others.flatMap((name) =>
      hypervPlaces(signIn, nodeAddress(host, name)).map((place) => ({ ...place, onlyFor: NODE })),
    ),
    steps,
    signal,
  );
  await lookAtGroups(hosts, signIn, look);
  const found = await machineOf(look, async () => await findMachine(driver, wanted, signal));
  if (found === null) return { product, machine: null, readings: [], chosen: null };
  const { vm, why } = found;
  const seen = await tryReadings({ driver, vm, mayMakeSnapshot: withSnapshot, ledger, signal }, steps);
  const last = await lastResort(hosts, vm, seen.readings, look);
  const machine = { ref: vm.ref, name: vm.name, power: vm.power, why };
  return { product, machine, readings: [...seen.readings, last], chosen: seen.chosen };
}

const NODE = 'It matters while machines run on this node of the cluster.';

/** @param host the one that was named, or a node of its cluster */
export function hypervPlaces({ connection }: HypervSignIn, host: string): Place[] {
  const { port, isTls } = winrmPlace(connection);
  const { proxy, trust, disks } = connection;
  return [
    { what: 'WinRM', host, port, proxy, trust: isTls ? trust : null, tellsTime: true },
    { what: 'file shares (SMB)', host, port: disks.smbPort, proxy: null, trust: null, tellsTime: false },
  ];
}

/** Tried only where shares do not open: it tells whether the account may read the file at all. */
async function lastResort(
  hosts: HypervHosts,
  vm: InventoryVm,
  readings: readonly DoctorReading[],
  { steps, signal }: SourceLook,
): Promise<DoctorReading> {
  const about = `${vm.name} by WinRM`;
  const [file] = readings;
  if (file === undefined || file.verdict !== 'bad') {
    const says = `${LAST_RESORT} It is tried only where the disk’s file cannot be read otherwise.`;
    steps.add('reading', about, { verdict: 'notTried', says });
    return untried('winrm', says);
  }
  const measured = { bytes: 0, seconds: 0 };
  const step = await steps.look('reading', about, async () => {
    const { session, machine } = await hosts.find(vm.ref, signal);
    const path = machine.disks[0]?.files[0]?.path ?? '';
    await using source = await openWinrmFile(session, path, signal);
    const beganMs = performance.now();
    const window = Buffer.alloc(PIECE_BYTES);
    const most = Math.min(WINRM_BYTES, source.sizeBytes);
    for (let at = 0; at < most; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, most - at);
      await source.read(window.subarray(0, length), at, signal);
      measured.bytes += length;
    }
    measured.seconds = (performance.now() - beganMs) / 1000;
    return {
      verdict: 'poor',
      says: `${bytesText(measured.bytes)} of ${path} came in ${secondsText(measured.seconds)}: the account may read it. ${LAST_RESORT}`,
      remedy: 'Have the host’s file shares opened for this machine and account (TCP port 445).',
    };
  });
  const { bytes, seconds } = measured;
  return {
    reading: 'winrm',
    verdict: step.verdict,
    bytes,
    seconds,
    bytesPerSecond: bytes > 0 ? bytes / Math.max(seconds, 1e-6) : null,
    wholeSeconds: null,
    says: step.says,
  };
}
