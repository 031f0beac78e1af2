/** The session: it speaks as vCenter wants it, lasts as long as it is needed, and makes nothing twice. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { chooseVersion } from '../../worker/sources/vsphere/version.ts';
import { answerTo, envelope, fault, type Script, scriptedVcenter } from './scripted-vcenter.ts';

const signal = new AbortController().signal;
const VM = { type: 'VirtualMachine', id: 'vm-1' };
const NAME = answerTo(
  'RetrievePropertiesEx',
  '<returnval><objects><obj type="VirtualMachine">vm-1</obj><propSet><name>name</name><val xsi:type="xsd:string">web &amp; db</val></propSet></objects></returnval>',
);
const named: Script = ({ method }) => (method === 'RetrievePropertiesEx' ? NAME : null);

/** The first answers to `method` are `answers`, then everything goes on as usual. */
const first =
  (method: string, answers: readonly Script[], after: Script = named): Script =>
  (asked, response) => {
    const answer = asked.method === method ? answers[asked.nth - 1] : undefined;
    return (answer ?? after)(asked, response);
  };
const unavailable: Script = (_, response) => {
  response.statusCode = 503;
  response.setHeader('Retry-After', '0');
  return 'no healthy upstream';
};
const hangUp: Script = (_, response) => {
  response.destroy();
  return undefined;
};
const ended: Script = (_, response) => fault(response, 'NotAuthenticated', 'The session is not authenticated.');

async function failure(work: Promise<unknown>): Promise<GutsError> {
  const error = await work.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof GutsError) return error;
  throw error;
}

describe('signing in', () => {
  test('agrees on the newest version that both know, and gives the cookie back as it came', async () => {
    await using vcenter = await scriptedVcenter(named);

    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    const facts = await session.properties(VM, ['name'], signal);

    expect(facts.get('name')).toBe('web & db');
    expect(session.about).toEqual({
      product: 'VMware vCenter Server',
      version: '8.0.3',
      build: '24022515',
      kind: 'vcenter',
      instanceId: '6f1e',
    });
    expect(session.cookie()).toBe('vmware_soap_session="key-1"');
    const [, login, properties] = vcenter.asked;
    expect(login).toMatchObject({ method: 'Login', cookie: null, action: '"urn:vim25/8.0.3.0"' });
    expect(login?.body).toMatch(/userName>administrator@vsphere\.local<.*password>p&amp;ss &lt;word&gt;</);
    expect(properties?.cookie).toBe('vmware_soap_session="key-1"');
  });

  test('signs out when it is disposed of', async () => {
    await using vcenter = await scriptedVcenter();

    const session = await VsphereSession.open(vcenter.signIn(), signal);
    await session[Symbol.asyncDispose]();

    expect(vcenter.asked.at(-1)).toMatchObject({ method: 'Logout', cookie: 'vmware_soap_session="key-1"' });
    expect(session.cookie()).toBe('');
  });

  test('a bare user name gets told what it lacks, a whole one does not', async () => {
    await using vcenter = await scriptedVcenter(({ method }, response) =>
      method === 'Login' ? fault(response, 'InvalidLogin', 'Cannot complete login.') : null,
    );

    const bare = await failure(VsphereSession.open(vcenter.signIn({ userName: 'root' }), signal));
    const whole = await failure(VsphereSession.open(vcenter.signIn({ userName: 'CORP\\ops' }), signal));

    expect(bare.code).toBe('vsphere.login-refused');
    expect(bare.remedy).toContain('root@vsphere.local');
    expect(whole.remedy).not.toContain('vsphere.local');
    expect(`${bare.stack} ${JSON.stringify(bare)} ${String(bare.cause)}`).not.toContain('p&ss');
  });

  test('sends nothing to a server that shows another certificate', async () => {
    await using vcenter = await scriptedVcenter();
    const trust = { kind: 'pinned' as const, sha256: Array.from({ length: 32 }, () => 'AB').join(':') };

    expect((await failure(VsphereSession.open(vcenter.signIn({ trust }), signal))).code).toBe(
      'net.certificate-changed',
    );
    expect(vcenter.asked).toEqual([]);
  });

  test('goes through a proxy where one is set', async () => {
    await using vcenter = await scriptedVcenter(named);
    const proxy = http.createServer();
    const connects: string[] = [];
    proxy.on('connect', (request, socket: net.Socket) => {
      connects.push(request.url ?? '');
      const there = net.connect(vcenter.server.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      there.on('error', () => socket.destroy());
      socket.on('error', () => there.destroy());
      there.pipe(socket).pipe(there);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');

    const { port } = proxy.address() as net.AddressInfo; // a TCP server has one
    const session = await VsphereSession.open(vcenter.signIn({ proxy: `http://127.0.0.1:${port}` }), signal);
    const facts = await session.properties(VM, ['name'], signal);
    await session[Symbol.asyncDispose]();
    proxy.closeAllConnections();
    proxy.close();

    expect(facts.get('name')).toBe('web & db');
    expect(new Set(connects)).toEqual(new Set([`127.0.0.1:${vcenter.server.port}`]));
  });

  test('a web page, a server of something else and a wrong address are each told as what they are', async () => {
    await using vcenter = await scriptedVcenter();
    vcenter.versions = '<html><body>Welcome</body></html>';
    const page = await failure(VsphereSession.open(vcenter.signIn(), signal));
    vcenter.versions = null;
    vcenter.script = ({ method }) => (method === 'RetrieveServiceContent' ? '<html>nginx</html>' : null);
    const other = await failure(VsphereSession.open(vcenter.signIn(), signal));
    const unknown = await failure(VsphereSession.open(vcenter.signIn({ url: 'https://vcenter.invalid' }), signal));
    const { url } = vcenter.server;
    await vcenter.server[Symbol.asyncDispose]();
    const nobody = await failure(VsphereSession.open(vcenter.signIn({ url }), signal));

    expect([page.code, other.code]).toEqual(['net.strange-answer', 'net.strange-answer']);
    expect([unknown.code, nobody.code]).toEqual(['net.unreachable', 'net.unreachable']);
    expect(unknown.remedy).toContain('does not resolve');
    expect(nobody.remedy).toContain('firewall');
  });

  test.each([
    ['9.9.0.0', ['8.0.3.0', '7.0'], '8.0.3.0'],
    ['7.0.3.0', ['7.0', '6.7.3'], '7.0.3.0'],
    ['6.7.3', ['6.10', '6.9'], '6.10'],
    ['u1', ['odd'], '6.5'],
  ])('of a server with %s and %j it speaks %s', (version, prior, chosen) => {
    const list = prior.map((one) => `<version>${one}</version>`).join('');
    const xml = `<namespaces version="1.0"><namespace><name>urn:vim25</name><version>${version}</version><priorVersions>${list}</priorVersions></namespace></namespaces>`;
    expect(chooseVersion(xml, 'vc')).toBe(chosen);
  });
});

describe('when the session has ended', () => {
  test('it signs in again, once for all who notice at the same time', async () => {
    await using vcenter = await scriptedVcenter(named);
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    vcenter.script = (asked, response) =>
      asked.cookie?.includes('key-1') === true ? ended(asked, response) : named(asked, response);

    const all = await Promise.all(Array.from({ length: 20 }, () => session.properties(VM, ['name'], signal)));

    expect(all.map((facts) => facts.get('name'))).toEqual(Array.from({ length: 20 }, () => 'web & db'));
    expect(vcenter.times('Login')).toBe(2);
    expect(session.logins).toBe(2);
    expect(session.cookie()).toBe('vmware_soap_session="key-2"');
  });

  test('also what makes something is repeated: the server did nothing', async () => {
    await using vcenter = await scriptedVcenter(first('PowerOnVM_Task', [ended]));
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    await session.call('PowerOnVM_Task', VM, {}, signal);

    expect(vcenter.times('PowerOnVM_Task')).toBe(2);
  });

  test('one that ends again, as soon as it is there, is signed in once more for whoever comes next', async () => {
    await using vcenter = await scriptedVcenter(named);
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    for (const dead of ['key-1', 'key-2', 'key-3']) {
      vcenter.script = (asked, response) =>
        asked.cookie?.includes(dead) === true ? ended(asked, response) : named(asked, response);
      await session.properties(VM, ['name'], signal);
    }

    expect(session.logins).toBe(4);
  });

  test('servers that tell of it beside each property are understood', async () => {
    const missing: Script = () =>
      answerTo(
        'RetrievePropertiesEx',
        '<returnval><objects><obj type="VirtualMachine">vm-1</obj><missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated"/><localizedMessage/></fault></missingSet></objects></returnval>',
      );
    await using vcenter = await scriptedVcenter(first('RetrievePropertiesEx', [missing]));
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect((await session.properties(VM, ['name'], signal)).get('name')).toBe('web & db');
  });

  test('a password that is no longer good is told, not tried over and over', async () => {
    await using vcenter = await scriptedVcenter(named);
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    vcenter.script = (asked, response) =>
      asked.method === 'Login' ? fault(response, 'InvalidLogin', 'no') : ended(asked, response);

    expect((await failure(session.properties(VM, ['name'], signal))).code).toBe('vsphere.login-refused');
    expect(vcenter.times('Login')).toBe(2);
  });

  test('a server that never lets it work ends in an error, not in a circle', async () => {
    await using vcenter = await scriptedVcenter((asked, response) =>
      asked.method === 'Login' || asked.method === 'RetrieveServiceContent' ? null : ended(asked, response),
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect((await failure(session.properties(VM, ['name'], signal))).code).toBe('vsphere.session-ended');
    expect(vcenter.times('Login')).toBe(2);
  });
});

describe('when the server is out for a moment', () => {
  test('reads are repeated after 503 and after a dropped connection', async () => {
    await using vcenter = await scriptedVcenter(first('RetrievePropertiesEx', [unavailable, hangUp, unavailable]));
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect((await session.properties(VM, ['name'], signal)).get('name')).toBe('web & db');
    expect(vcenter.times('RetrievePropertiesEx')).toBe(4);
  });

  test.each([
    ['a 503', unavailable, 'vsphere.unavailable'],
    ['a dropped connection', hangUp, 'net.connection-lost'],
  ])('what makes something is never sent twice after %s', async (_, answer, code) => {
    await using vcenter = await scriptedVcenter(first('CreateSnapshot_Task', [answer]));
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    const error = await failure(
      session.call('CreateSnapshot_Task', VM, { name: 'x', memory: false, quiesce: false }, signal),
    );

    expect(error.code).toBe(code);
    expect(error.retryable).toBe(true);
    expect(vcenter.times('CreateSnapshot_Task')).toBe(1);
  });

  test('connections that the server has closed in the meantime do not matter to what makes something', async () => {
    await using vcenter = await scriptedVcenter(named);
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    vcenter.server.hangUp();

    await session.call('PowerOnVM_Task', VM, {}, signal);

    expect(vcenter.times('PowerOnVM_Task')).toBe(1);
  });

  test('waiting for it ends at once when nobody wants it any more', async () => {
    const patience: Script = (_, response) => {
      response.statusCode = 503;
      response.setHeader('Retry-After', '3600');
      return '';
    };
    await using vcenter = await scriptedVcenter();
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    const cancel = new AbortController();
    vcenter.script = (asked, response) => {
      setImmediate(() => cancel.abort('the operator cancelled'));
      return patience(asked, response);
    };

    await expect(session.properties(VM, ['name'], cancel.signal)).rejects.toBe('the operator cancelled');
  });
});

describe('calls', () => {
  test('say everything in vCenter’s order, escaped, with references and types as attributes', async () => {
    await using vcenter = await scriptedVcenter();
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    await session.call(
      'CreateFilter',
      { type: 'PropertyCollector', id: 'session[a<b&"]' },
      { partialUpdates: false, spec: { objectSet: { obj: VM, selectSet: { $type: 'TraversalSpec', name: 'a<b' } } } },
      signal,
    );

    const inner = vcenter.asked.at(-1)?.body.replaceAll('vim25:', '') ?? '';
    expect(inner).toContain('<_this type="PropertyCollector">session[a&lt;b&amp;&quot;]</_this><spec>');
    expect(inner).toContain(
      '<obj type="VirtualMachine">vm-1</obj><selectSet xsi:type="TraversalSpec"><name>a&lt;b</name></selectSet>',
    );
    expect(inner).toContain('</spec><partialUpdates>false</partialUpdates></CreateFilter>');
  });

  test('a misspelt parameter is a mistake in Guts, and is not sent', async () => {
    await using vcenter = await scriptedVcenter();
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    await expect(session.call('PowerOnVM_Task', VM, { hosts: 1 }, signal)).rejects.toThrow(
      'PowerOnVM_Task has no parameter “hosts”',
    );
    expect(vcenter.times('PowerOnVM_Task')).toBe(0);
  });

  test('answers come in plain words, whatever prefix the server likes', async () => {
    const values = [
      '<val xmlns:q="http://www.w3.org/2001/XMLSchema-instance" q:type="xsd:boolean">true</val>',
      '<val xsi:type="xsd:long">68719476736</val>',
      '<val xsi:type="xsd:string"> two  spaces </val>',
      '<val xsi:type="xsd:string"></val>',
      '<val xsi:type="ManagedObjectReference" type="Task">task-&lt;1&gt;</val>',
      '<val xsi:type="ArrayOfString"><string>only</string></val>',
      '<val xsi:type="ArrayOfString"></val>',
      '<val xsi:type="TaskInfoState">success</val>',
      '<val xsi:type="HttpNfcLeaseInfo"><leaseTimeout>300</leaseTimeout><deviceUrl><key>a</key></deviceUrl></val>',
    ];
    const sets = values.map((value, i) => `<propSet><name>p${i}</name>${value}</propSet>`).join('');
    await using vcenter = await scriptedVcenter(({ method }) =>
      method === 'RetrievePropertiesEx'
        ? answerTo(method, `<returnval><objects><obj type="T">t</obj>${sets}</objects></returnval>`)
        : null,
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    const facts = await session.properties(VM, ['p0'], signal);

    expect([...facts.values()]).toEqual([
      true,
      68_719_476_736,
      ' two  spaces ',
      '',
      { type: 'Task', id: 'task-<1>' },
      ['only'],
      [],
      'success',
      { $type: 'HttpNfcLeaseInfo', leaseTimeout: '300', deviceUrl: { key: 'a' } },
    ]);
  });

  test.each([
    ['a web page', '<html><body><h1>Gateway maintenance</h1></body></html>'],
    ['nothing', ''],
    ['XML that breaks off', envelope('<A><B>').slice(0, -20)],
    ['an envelope of something else', envelope('<Ping/>').replace('<Ping/>', '')],
  ])('%s instead of an answer is an error, not a result', async (_, text) => {
    await using vcenter = await scriptedVcenter(({ method }) => (method === 'RetrievePropertiesEx' ? text : null));
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    const error = await failure(session.properties(VM, ['name'], signal));

    expect(error.code).toBe('net.strange-answer');
  });
});

describe('streams', () => {
  const ask = async (session: VsphereSession): Promise<string> => {
    const parts: Uint8Array[] = [];
    const collector = session.content.propertyCollector;
    for await (const part of await session.stream('RetrievePropertiesEx', collector, '<options/>', signal))
      parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  };

  test('give the answer’s bytes, also those that came packed', async () => {
    await using vcenter = await scriptedVcenter(
      first('RetrievePropertiesEx', [
        named,
        (_, response) => {
          response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'text/xml' });
          response.end(gzipSync(NAME));
          return undefined;
        },
      ]),
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect(await ask(session)).toBe(NAME);
    expect(await ask(session)).toBe(NAME);
    expect(vcenter.asked.at(-1)?.body).toContain(
      '<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><options/></RetrievePropertiesEx>',
    );
  });

  test('sign in again, wait out a 503, and name a fault before the first byte', async () => {
    const gone: Script = (_, response) =>
      fault(
        response,
        'ManagedObjectNotFound',
        'The object has already been deleted',
        '<obj type="VirtualMachine">vm-1</obj>',
      );
    await using vcenter = await scriptedVcenter(
      first('RetrievePropertiesEx', [ended, unavailable, named, gone, () => '<html/>']),
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect(await ask(session)).toBe(NAME);
    expect((await failure(ask(session))).code).toBe('vsphere.gone');
    expect((await failure(ask(session))).code).toBe('net.strange-answer');
    expect(vcenter.times('Login')).toBe(2);
  });

  test('that break off in the middle say so', async () => {
    await using vcenter = await scriptedVcenter(
      first('RetrievePropertiesEx', [
        (_, response) => {
          response.writeHead(200, { 'Content-Length': 1_000_000 });
          response.write(NAME, () => response.destroy());
          return undefined;
        },
      ]),
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    expect((await failure(ask(session))).code).toBe('net.connection-lost');
  });

  test('end with the reason of whoever cancels', async () => {
    await using vcenter = await scriptedVcenter(
      first('RetrievePropertiesEx', [
        (_, response) => {
          response.write(NAME);
          return undefined; // and never the rest
        },
      ]),
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);
    const cancel = new AbortController();
    const answer = await session.stream('RetrievePropertiesEx', session.content.propertyCollector, '', cancel.signal);
    const reading = (async () => {
      for await (const _ of answer) cancel.abort('enough');
    })();

    await expect(reading).rejects.toBe('enough');
  });
});

describe('faults', () => {
  test.each([
    [
      'NoPermission',
      '',
      '<object type="VirtualMachine">vm-1</object><privilegeId>VApp.Export</privilegeId>',
      'vsphere.missing-privilege',
      'VApp.Export on VirtualMachine vm-1',
    ],
    [
      'RestrictedVersion',
      'Current license or ESXi version prohibits execution of the requested operation.',
      '',
      'vsphere.licence',
      'prohibits',
    ],
    [
      'InvalidState',
      'The operation is not allowed in the current state of the host: it is in maintenance mode.',
      '',
      'vsphere.maintenance-mode',
      'maintenance',
    ],
    ['InvalidState', 'The operation is not allowed in the current state.', '', 'vsphere.wrong-state', 'not allowed'],
    [
      'InvalidPowerState',
      'Powered on.',
      '<requestedState>poweredOff</requestedState><existingState>poweredOn</existingState>',
      'vsphere.wrong-power-state',
      'it is poweredOn, not poweredOff',
    ],
    ['TaskInProgress', 'Another task is already in progress.', '', 'vsphere.busy', 'Another task'],
    ['ToolsUnavailable', 'VMware Tools is not running.', '', 'vsphere.tools-unavailable', 'Tools'],
    ['FileFault', 'Error caused by file', '<file>/vmfs/a.vmdk</file>', 'vsphere.file-fault', '/vmfs/a.vmdk'],
    ['Timedout', 'Operation timed out.', '', 'vsphere.timed-out', 'timed out'],
    ['SnapshotFault', 'An error occurred while taking a snapshot.', '', 'vsphere.snapshot-failed', 'snapshot'],
    ['HostNotConnected', 'Unable to communicate with the remote host.', '', 'vsphere.host-unreachable', 'remote host'],
    ['NotSupported', 'The operation is not supported on the object.', '', 'vsphere.not-supported', 'not supported'],
    ['SystemError', 'A general system error occurred: internal error', '', 'vsphere.fault', 'SystemError'],
  ])('%s (%s) has its own name and words', async (type, text, fields, code, words) => {
    await using vcenter = await scriptedVcenter(({ method }, response) =>
      method === 'ExportVm' ? fault(response, type, text, fields) : null,
    );
    await using session = await VsphereSession.open(vcenter.signIn(), signal);

    const error = await failure(session.call('ExportVm', VM, {}, signal));

    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.remedy.length).toBeGreaterThan(20);
  });
});
