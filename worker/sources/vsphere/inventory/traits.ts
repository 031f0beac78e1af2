/** Maps what is peculiar to how a machine is set up: what few have, and what does not move by itself. */
import type { MachineTraits } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, textOf, type Value } from './answers.ts';
import { passthroughOf } from './devices.ts';
import { isGraphics, isUsb, mediaOf, oddDevicesOf, portsOf } from './odd-devices.ts';
import type { VmProperty } from './vm-properties.ts';

/** What stands before the text of a message, for translators: `msg.uuid.altered:`. */
const MESSAGE_ID = /^msg\.[\w.-]+:\s*/;

type At = (path: VmProperty) => Value | undefined;

/** @param tasks that go on with it, where they were asked for */
export function traitsOf(at: At, devices: readonly Value[], tasks: readonly string[]): MachineTraits {
  const question = textAt(at('runtime.question'), 'text')?.replace(MESSAGE_ID, '') ?? null;
  const hotAdd = { cpu: isTrue(at('config.cpuHotAddEnabled')), memory: isTrue(at('config.memoryHotAddEnabled')) };
  const product = productOf(at('config.vAppConfig.product'));
  const traits: MachineTraits = {
    ...(question === null ? {} : { question }),
    ...(hotAdd.cpu || hotAdd.memory ? { hotAdd } : {}),
    ...(isTrue(at('config.nestedHVEnabled')) ? { isNesting: true } : {}),
    ...(isTrue(at('config.flags.vbsEnabled')) ? { hasVbs: true } : {}),
    ...(isTrue(at('config.flags.diskUuidEnabled')) ? { showsDiskIds: true } : {}),
    ...(isTrue(at('config.tools.syncTimeWithHost')) ? { takesHostTime: true } : {}),
    ...(product === null ? {} : { product }),
  };
  const lists = {
    tasks: [...tasks],
    media: mediaOf(devices),
    ports: portsOf(devices),
    oddDevices: oddDevicesOf(devices),
    graphics: passthroughOf(devices.filter(isGraphics)),
    usb: passthroughOf(devices.filter(isUsb)),
    tuning: tuningOf(at),
    availability: availabilityOf(at),
    gateways: gatewaysOf(at('guest.ipStack')),
  };
  for (const name of [
    'tasks',
    'media',
    'ports',
    'oddDevices',
    'graphics',
    'usb',
    'tuning',
    'availability',
    'gateways',
  ] as const)
    if (lists[name].length > 0) traits[name] = lists[name];
  return traits;
}

function tuningOf(at: At): string[] {
  const latency = textAt(at('config.latencySensitivity'), 'level') ?? 'normal';
  return [
    ...affinityOf(at('config.cpuAffinity'), 'pinned to processors'),
    ...affinityOf(at('config.memoryAffinity'), 'pinned to memory nodes'),
    ...allocationOf(at('config.cpuAllocation'), 'CPU', 'MHz'),
    ...allocationOf(at('config.memoryAllocation'), 'memory', 'MiB'),
    ...(isTrue(at('config.memoryReservationLockedToMax')) ? ['all memory reserved'] : []),
    ...(latency === 'normal' ? [] : [`latency sensitivity ${latency}`]),
  ];
}

function affinityOf(affinity: Value | undefined, words: string): string[] {
  const set = (affinity?.children ?? []).filter(({ name }) => name === 'affinitySet').map(({ text }) => text);
  return set.length === 0 ? [] : [`${words} ${set.join(', ')}`];
}

/** A limit of -1 is none. */
function allocationOf(allocation: Value | undefined, what: string, unit: string): string[] {
  const reserved = countOf(childOf(allocation, 'reservation')) ?? 0;
  const limit = countOf(childOf(allocation, 'limit'));
  const level = textAt(childOf(allocation, 'shares'), 'level') ?? 'normal';
  return [
    ...(reserved > 0 ? [`${reserved} ${unit} of ${what} reserved`] : []),
    ...(limit === null ? [] : [`${what} limited to ${limit} ${unit}`]),
    ...(level === 'normal' ? [] : [`${what} shares ${level}`]),
  ];
}

function availabilityOf(at: At): string[] {
  const state = textOf(at('runtime.faultToleranceState')) ?? 'notConfigured';
  return state === 'notConfigured' ? [] : [`fault tolerance ${state}`];
}

/** Of the guest's default routes. */
function gatewaysOf(stacks: Value | undefined): string[] {
  const routes = (stacks?.children ?? []).flatMap((stack) => childOf(stack, 'ipRouteConfig')?.children ?? []);
  const gateways = routes
    .filter((route) => countOf(childOf(route, 'prefixLength')) === 0 && /^[0.:]+$/.test(textAt(route, 'network') ?? ''))
    .flatMap((route) => textAt(childOf(route, 'gateway'), 'ipAddress') ?? []);
  return [...new Set(gateways)];
}

function productOf(products: Value | undefined): string | null {
  for (const product of products?.children ?? []) {
    const words = [textAt(product, 'vendor'), textAt(product, 'name'), textAt(product, 'version')];
    if (words[1] !== null) return words.filter((word) => word !== null).join(' ');
  }
  return null;
}
