/** What a WinRM service and the scripts on it say, as targets of the fuzzer: envelopes, sealed bodies, results, CLIXML, certificates. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { InventoryAnswer, Said } from '../../worker/sources/hyperv/answers.ts';
import { pageOf } from '../../worker/sources/hyperv/inventory/page.ts';
import { SealStream } from '../../worker/sources/hyperv/ntlm/seal.ts';
import { channelBindingsOf } from '../../worker/sources/hyperv/winrm/channel-bindings.ts';
import { clixmlText } from '../../worker/sources/hyperv/winrm/clixml.ts';
import { bodyOf, faultOf, idOf, outputOf, relatesTo } from '../../worker/sources/hyperv/winrm/replies.ts';
import { resultIn } from '../../worker/sources/hyperv/winrm/result.ts';
import { openedBody, sealedBody } from '../../worker/sources/hyperv/winrm/sealed-body.ts';
import type { Target } from './target.ts';

const SERVER = 'hv01:5985';
const COMMAND = '4D2E63A4-0E53-4E3C-A0B5-3C6C7C6A0F11';
const SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell';
const key = Buffer.alloc(16, 0x5a);

const envelope = (body: string): Buffer =>
  Buffer.from(
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="${SHELL}"><s:Header><a:RelatesTo>uuid:1</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  );
const received = envelope(
  `<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="${COMMAND}">aGVsbG8=</rsp:Stream><rsp:Stream Name="stderr" CommandId="${COMMAND}">d29ybGQ=</rsp:Stream><rsp:CommandState CommandId="${COMMAND}" State="${SHELL}/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`,
);
const fault = envelope(
  '<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en-US">No.</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="2150858793" Machine="hv01"><f:Message>The operation timed out.</f:Message></f:WSManFault></s:Detail></s:Fault>',
);

const inventory = {
  host: { name: 'HV01', fqdn: 'hv01.example.net', system: 'Windows', version: '10.0.20348', cpus: 16, memory: 2 ** 37 },
  switches: [{ id: 'a', name: 'Outside', type: 'External' }],
  places: [{ root: 'D:\\', kind: 'NTFS', size: 2 ** 40, free: 2 ** 39 }],
  cluster: null,
  machines: [
    {
      id: 'B72AED41-79E4-5CB4-ACC6-3D665854A061',
      name: 'web',
      generation: 2,
      version: '9.0',
      state: 'Running',
      notes: '',
      path: 'D:\\web',
      cpus: 2,
      memory: { startup: 2 ** 31, minimum: 2 ** 30, maximum: 2 ** 32, dynamic: true },
      secureBoot: true,
      secureBootTemplate: 'MicrosoftWindows',
      bootOrder: ['SCSI:0:0'],
      tpm: false,
      shielded: false,
      disks: [
        {
          controller: 'SCSI',
          number: 0,
          location: 0,
          path: 'D:\\web.vhdx',
          diskNumber: null,
          shared: false,
          files: [
            {
              path: 'D:\\web.vhdx',
              format: 'VHDX',
              type: 'Dynamic',
              size: 2 ** 30,
              fileSize: 2 ** 20,
              sector: 512,
              id: 'x',
            },
          ],
          trouble: null,
        },
      ],
      cards: [
        {
          id: 'c',
          name: 'Network Adapter',
          mac: '00155D012A01',
          dynamicMac: false,
          legacy: false,
          switch: 'Outside',
          connected: true,
          vlanMode: 'Access',
          accessVlan: 120,
          nativeVlan: 0,
          allowedVlans: '',
          addresses: ['192.0.2.1'],
          guest: { dhcp: false, addresses: ['192.0.2.1'], subnets: ['255.255.255.0'], gateways: [], dns: [] },
        },
      ],
      words: { OSName: 'Debian GNU/Linux', OSMajorVersion: '12' },
      services: [{ id: '', name: 'Shutdown', enabled: true, status: 'Ok' }],
      checkpoints: [{ id: 'k', name: 'before', parent: '', type: 'Standard', created: '2026-01-01T00:00:00.0000000Z' }],
      referencePoints: [],
      checkpointType: 'Production',
      replicationState: 'Disabled',
      replicationMode: 'None',
      clustered: false,
      devices: [],
      troubles: [],
    },
  ],
  troubles: [],
};
const result = (value: unknown): Buffer => {
  const packed = gzipSync(Buffer.from(JSON.stringify(value)));
  const sum = createHash('sha256').update(packed).digest('hex');
  return Buffer.from(`GUTS1 ${packed.length} ${sum} ${packed.toString('base64')}\r\n`);
};

/** The beginning of a certificate, as far as its signature's algorithm: RFC 5280 with nothing that is not looked at. */
const certificate = Buffer.from('30153003020102300a06082a8648ce3d0403020302000f', 'hex');

export const winrmTargets: readonly Target[] = [
  {
    name: 'winrm-envelope',
    seeds: [received, fault, envelope(`<rsp:Shell><rsp:ShellId>${COMMAND}</rsp:ShellId></rsp:Shell>`)],
    parse(bytes) {
      const text = bytes.toString('utf8');
      const body = bodyOf(text, SERVER);
      const told = faultOf(body);
      if (told !== null) return told;
      if (text.includes('ShellId')) return idOf(body, 'ShellId', SERVER);
      return [relatesTo(text, SERVER), outputOf(body, COMMAND, SERVER)];
    },
  },
  {
    name: 'winrm-sealed',
    seeds: [sealedBody(new SealStream(key, 'server-to-client'), received)],
    parse: (bytes) => openedBody(new SealStream(key, 'server-to-client'), bytes, SERVER),
  },
  {
    name: 'winrm-result',
    seeds: [result({ ok: true, value: inventory }), result({ ok: false, trouble: { message: 'No.', id: 'X' } })],
    parse: (bytes) => resultIn(bytes, SERVER),
  },
  {
    // What a host says may be any JSON; it is damaged where no checksum covers it.
    name: 'hyperv-inventory',
    seeds: [Buffer.from(JSON.stringify({ ok: true, value: inventory }))],
    parse(bytes) {
      let told: unknown;
      try {
        told = JSON.parse(bytes.toString('utf8'));
      } catch {
        return null; // whoever reads results refuses that
      }
      const said = Said.safeParse(told);
      if (!said.success || !said.data.ok) return null;
      const value = InventoryAnswer.safeParse(said.data.value);
      return value.success ? pageOf(value.data) : null;
    },
  },
  {
    name: 'clixml',
    seeds: [
      Buffer.from(
        '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">Get-VM : no_x005F_x &lt;here&gt;_x000D__x000A_</S><Obj S="progress" RefId="0"><MS><I64 N="SourceId">1</I64></MS></Obj></Objs>',
      ),
    ],
    parse: (bytes) => clixmlText(bytes.toString('utf8')),
  },
  { name: 'certificate', seeds: [certificate], parse: channelBindingsOf },
];
