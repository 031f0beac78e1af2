/** A VMX file becomes the same plain facts as an OVF description. */
import { describe, expect, test } from 'vitest';
import { parseVmx } from '../../worker/containers/vmx.ts';
import { GiB, MiB } from '../support/disks.ts';
import { fixture } from './packing.ts';

const SOUND =
  'config.version = "8"\nmemSize = "256"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n';

describe('the facts of a VMX file', () => {
  test('are right for a machine of ESXi, with what an operator should know about its disks', async () => {
    expect(parseVmx(await fixture('esxi.vmx'), 'a.vmx')).toEqual({
      name: 'Straße "A"',
      cpus: 4,
      memoryBytes: 4 * GiB,
      firmware: 'uefi',
      secureBoot: true,
      guestOsId: 'debian11-64',
      guestOsName: 'Debian GNU/Linux 11 (bullseye)',
      disks: [
        {
          id: 'scsi0:0',
          file: 'a-000002.vmdk',
          format: null,
          virtualSizeBytes: null,
          controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 0 },
          bootIndex: 1,
        },
        {
          id: 'scsi0:1',
          file: '/vmfs/volumes/6123abcd-00000000-0000-000000000000/a/a_1.vmdk',
          format: null,
          virtualSizeBytes: null,
          controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 1 },
          bootIndex: 0,
        },
        {
          id: 'scsi1:0',
          file: 'quorum.vmdk',
          format: null,
          virtualSizeBytes: null,
          controller: { kind: 'scsi', model: 'lsisas1068', bus: 1, unit: 0 },
          bootIndex: null,
        },
        {
          id: 'nvme0:0',
          file: 'fast.vmdk',
          format: null,
          virtualSizeBytes: null,
          controller: { kind: 'nvme', model: 'nvme', bus: 0, unit: 0 },
          bootIndex: null,
        },
      ],
      nics: [
        { mac: '00:50:56:8a:00:01', network: 'VM Network', model: 'vmxnet3', connected: true },
        { mac: '00:50:56:00:00:02', network: 'Backup', model: 'e1000', connected: false },
      ],
      source: 'vmx',
      warnings: [
        'The disk at scsi0:1 is independent-persistent: snapshots leave it out.',
        'The disk at scsi1:0 is shared by several machines (multi-writer).',
        'The disk at scsi1:0 sits on a shared bus (physical).',
        'The device at scsi0:4 (scsi-passthru) is handed through from the host and left behind.',
      ],
    });
  });

  test('are right for an old machine of Workstation that leaves most settings out', async () => {
    expect(parseVmx(await fixture('workstation.vmx'), 'old.vmx')).toMatchObject({
      name: 'old box',
      cpus: 1,
      memoryBytes: 512 * MiB,
      firmware: 'bios',
      secureBoot: false,
      disks: [{ id: 'ide0:0', file: 'old box.vmdk', controller: { kind: 'ide', model: null } }],
      nics: [{ mac: '00:0c:29:aa:bb:cc', network: 'nat', model: null, connected: true }],
      warnings: [],
    });
  });

  test('are read in the encoding that the file declares', () => {
    const text = `.encoding = "windows-1252"\n${SOUND}displayName = "Büro"\n`;
    expect(parseVmx(Buffer.from(text, 'latin1'), 'a.vmx').name).toBe('Büro');
    expect(parseVmx(Buffer.from(SOUND), '/some/where/a.vmx').name).toBe('a');
  });

  test.each([
    ['encrypted', `${SOUND}encryption.keySafe = "vmware:key/list"\n`, 'container.unsupported'],
    ['without memory', 'config.version = "8"\n', 'container.damaged'],
    ['set twice, differently', `${SOUND}MEMSIZE = "512"\n`, 'container.damaged'],
    ['with a line that is no setting', `${SOUND}hello\n`, 'container.damaged'],
    ['with a disk without file', `${SOUND}scsi0:1.present = "TRUE"\n`, 'container.damaged'],
    [
      'with one place spelled twice',
      `${SOUND}scsi0:00.present = "TRUE"\nscsi0:00.fileName = "b.vmdk"\n`,
      'container.damaged',
    ],
    ['with endless memory', SOUND.replace('256', '99999999999'), 'container.limit'],
    ['with endless lines', `${SOUND}${'\n'.repeat(60_000)}`, 'container.limit'],
  ])('are refused for a machine %s', (_what, text, code) => {
    expect(() => parseVmx(Buffer.from(text), 'a.vmx')).toThrow(expect.objectContaining({ code }));
  });
});
