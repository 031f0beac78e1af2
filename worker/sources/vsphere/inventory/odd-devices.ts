/** Virtual devices that a server of a cloud does not have: what lies in a drive, what is at the other end of a port, USB and sound. */
import { childOf, isTrue, textAt, type Value } from './answers.ts';
import { labelOf } from './devices.ts';

const DRIVE = /^Virtual(?:Cdrom|Floppy)$/;
const PORT = /^Virtual(?:Serial|Parallel)Port$/;
const ODD = /^Virtual(?:Floppy|USBController|USBXHCIController|SoundCard|HdAudioCard|Ensoniq1371|SoundBlaster16)$/;
/** In `vendorId`, which is a signed number of 16 bits. */
const GRAPHICS_VENDORS = { NVIDIA: '4318', AMD: '4098' };

/** Of a drive only what is in it: every machine has an empty one. */
export function mediaOf(devices: readonly Value[]): string[] {
  return devices.flatMap((device) => {
    const connectable = childOf(device, 'connectable');
    const isIn = isTrue(childOf(connectable, 'connected')) || isTrue(childOf(connectable, 'startConnected'));
    if (!DRIVE.test(device.schemaType ?? '') || !isIn) return [];
    return [`${labelOf(device, 'Drive')}: ${mediumOf(childOf(device, 'backing'))}`];
  });
}

function mediumOf(backing: Value | null): string {
  const type = backing?.schemaType ?? '';
  if (/Remote/.test(type)) return 'a drive of the console’s user';
  return textAt(backing, 'fileName') ?? textAt(backing, 'deviceName') ?? 'a drive of the host';
}

export function portsOf(devices: readonly Value[]): string[] {
  return devices.flatMap((device) => {
    if (!PORT.test(device.schemaType ?? '')) return [];
    const backing = childOf(device, 'backing');
    const end = ['serviceURI', 'fileName', 'pipeName', 'deviceName'].flatMap((name) => textAt(backing, name) ?? [])[0];
    return [`${labelOf(device, 'Port')}${end === undefined ? '' : `: ${withoutUser(end)}`}`];
  });
}

/** An address may carry a name and a password before its host. */
const withoutUser = (uri: string): string => uri.replace(/\/\/[^/@]*@/, '//');

export function oddDevicesOf(devices: readonly Value[]): string[] {
  return devices
    .filter(({ schemaType }) => ODD.test(schemaType ?? ''))
    .map((device) => labelOf(device, (device.schemaType ?? '').replace(/^Virtual/, '')));
}

/** Whether a device of the host is a graphics card, or a part of one. */
export function isGraphics(device: Value): boolean {
  if (device.schemaType !== 'VirtualPCIPassthrough') return false;
  const backing = childOf(device, 'backing');
  if (textAt(backing, 'vgpu') !== null) return true;
  const allowed = (backing?.children ?? []).filter(({ name }) => name === 'allowedDevice');
  const makers = [backing, ...allowed].map((one) => textAt(one, 'vendorId') ?? '');
  return Object.values(GRAPHICS_VENDORS).some((maker) => makers.includes(maker));
}

export const isUsb = ({ schemaType }: Value): boolean => schemaType === 'VirtualUSB';
