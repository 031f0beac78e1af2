/** What a cloud's refusals become: a name, the cloud's own words, its request id, a way out, and never a secret. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toErrorInfo } from '../../main/shared/errors.ts';
import { CloudSession, type Service } from '../../worker/destinations/openstack/cloud-session.ts';
import { PASSWORD, PROJECT, type Reply, SmallCloud, never } from './small-cloud.ts';

const VOLUMES = `/volume/v3/${PROJECT.id}`;
const PATHS = { compute: '/compute/v2.1', image: '/image/v2', network: '/network/v2.0', volume: VOLUMES };

/** The error that a service's reply to a POST becomes. */
async function errorFor(service: keyof typeof PATHS, reply: Reply): Promise<Error> {
  await using cloud = await SmallCloud.start();
  cloud.on(`POST ${PATHS[service]}/things`, () => reply);
  await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
  const asked = session.request(service, 'POST', '/things', { schema: z.null(), body: {}, signal: never });
  return await asked.then(
    () => expect.fail('it was not refused'),
    (error: Error) => error,
  );
}

const neutron = (status: number, type: string, message: string): Reply => ({
  status,
  headers: { 'X-Openstack-Request-Id': 'req-n' },
  body: { NeutronError: { type, message, detail: '' } },
});

describe('a refusal', () => {
  test.for<readonly [string, Exclude<Service, 'identity' | 'placement'>, Reply, string, string]>([
    [
      'a MAC address that is taken',
      'network',
      neutron(409, 'MacAddressInUse', 'The mac address 00:50:56:01:02:03 is in use.'),
      'openstack.mac-in-use',
      'The MAC address is taken: The mac address 00:50:56:01:02:03 is in use (request req-n).',
    ],
    [
      'an address that is taken',
      'network',
      neutron(409, 'IpAddressAlreadyAllocated', 'IP address 192.0.2.100 already allocated in subnet s1'),
      'openstack.address-in-use',
      'The address is taken: IP address 192.0.2.100 already allocated in subnet s1 (request req-n).',
    ],
    [
      'Neutron’s quota',
      'network',
      neutron(409, 'OverQuota', "Quota exceeded for resources: ['port']."),
      'openstack.quota-exceeded',
      "The project’s quota does not allow it: Quota exceeded for resources: ['port'] (request req-n).",
    ],
    [
      'Nova’s quota, with how much is used of what',
      'compute',
      {
        status: 403,
        headers: { 'X-Compute-Request-Id': 'req-c' },
        body: {
          forbidden: {
            code: 403,
            message:
              'Quota exceeded for cores, instances: Requested 36, 9, but already used 2, 2 of 20, 10 cores, instances',
          },
        },
      },
      'openstack.quota-exceeded',
      'The project’s quota does not allow it: Quota exceeded for cores, instances: Requested 36, 9, but already used 2, 2 of 20, 10 cores, instances (request req-c).',
    ],
    [
      'Cinder’s quota',
      'volume',
      {
        status: 413,
        headers: { 'Retry-After': '0' },
        body: {
          overLimit: {
            code: 413,
            message:
              'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 9G, quota is 10G and 5G has been consumed.',
            retryAfter: '0',
          },
        },
      },
      'openstack.quota-exceeded',
      'The project’s quota does not allow it: VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 9G, quota is 10G and 5G has been consumed.',
    ],
    [
      'Glance’s limit, told in HTML',
      'image',
      {
        status: 413,
        body: '<html><head><title>413 Payload Too Large</title></head><body><h1>413 Payload Too Large</h1>The incoming image is too large: The provided image is too large.<br /><br />\n\n</body></html>',
      },
      'openstack.image-too-large',
      'Glance does not take an image of this size: 413 Payload Too Large The incoming image is too large: The provided image is too large.',
    ],
    [
      'Glance’s JSON with HTML inside',
      'image',
      {
        status: 404,
        body: {
          message: 'No image found with ID &quot;i1&quot; &amp;lt;<br /><br />\n\n\n',
          code: '404 Not Found',
          title: 'Not Found',
        },
      },
      'openstack.not-found',
      'Not found: No image found with ID "i1" &lt;.',
    ],
    [
      'a policy',
      'compute',
      {
        status: 403,
        body: {
          forbidden: {
            code: 403,
            message: "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed.",
          },
        },
      },
      'openstack.forbidden',
      "The compute service does not allow this user to do it: Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed.",
    ],
    [
      'something in a state that does not allow it',
      'compute',
      { status: 409, body: { conflictingRequest: { code: 409, message: 'Instance s1 is not ready' } } },
      'openstack.conflict',
      'The compute service cannot do it now: Instance s1 is not ready.',
    ],
    [
      'an option that cannot be',
      'compute',
      {
        status: 400,
        body: { badRequest: { code: 400, message: 'Invalid image metadata. Error: Field value floppyx is invalid' } },
      },
      'openstack.bad-request',
      'The compute service does not accept it: Invalid image metadata. Error: Field value floppyx is invalid.',
    ],
    [
      'a microversion that is too new',
      'compute',
      {
        status: 406,
        body: {
          computeFault: {
            code: 406,
            message: 'Version 2.200 is not supported by the API. Minimum is 2.1 and maximum is 2.93.',
          },
        },
      },
      'openstack.too-old',
      'The compute service is too old for this: Version 2.200 is not supported by the API. Minimum is 2.1 and maximum is 2.93.',
    ],
    [
      'a service that broke inside',
      'volume',
      {
        status: 500,
        body: {
          computeFault: {
            code: 500,
            message: 'The server has either erred or is incapable of performing the requested operation.',
          },
        },
      },
      'openstack.unavailable',
      'The volume service cannot answer: The server has either erred or is incapable of performing the requested operation.',
    ],
    [
      'a redirect, which the token does not follow',
      'image',
      { status: 302, headers: { Location: 'https://elsewhere.example/' }, body: '' },
      'openstack.strange-answer',
      'The image service answers POST /things by sending us elsewhere (302).',
    ],
    [
      'nothing but a number',
      'network',
      { status: 418, body: '' },
      'openstack.bad-request',
      'The network service does not accept it: HTTP 418.',
    ],
  ])('for %s is named, and says what to do', async ([, service, reply, code, message]) => {
    const error = await errorFor(service, reply);
    expect(toErrorInfo(error)).toMatchObject({ code, message });
    expect(toErrorInfo(error).remedy).toMatch(/^[A-Z].{20,}\.$/);
  });

  test('as long as a book is cut', async () => {
    const error = await errorFor('compute', {
      status: 400,
      body: { badRequest: { code: 400, message: 'x'.repeat(100_000) } },
    });
    expect(error.message.length).toBeLessThan(1000);
  });

  test('cannot write to the terminal', async () => {
    const error = await errorFor('compute', {
      status: 400,
      body: { badRequest: { message: 'red\u001b[31m\u0007 alert\r\nx' } },
    });
    expect(error.message).toBe('The compute service does not accept it: red [31m alert x.');
  });
});

describe('an answer', () => {
  const ask = async (reply: Reply): Promise<unknown> => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', () => reply);
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    const schema = z.object({ servers: z.array(z.object({ id: z.string() })) });
    return await session.request('compute', 'GET', '/servers', { schema, signal: never });
  };

  test('that is a login page is told as strange', async () => {
    await expect(
      ask({ body: '<html>Please log in</html>', headers: { 'X-Openstack-Request-Id': 'req-7' } }),
    ).rejects.toMatchObject({
      code: 'openstack.strange-answer',
      message: 'The answer to GET /servers of the compute service is no JSON (request req-7).',
    });
  });

  test('that lacks what it must have is told with the place', async () => {
    await expect(ask({ body: { servers: [{ id: 'a' }, { id: 7 }] } })).rejects.toMatchObject({
      code: 'openstack.strange-answer',
      message: expect.stringContaining('servers: 1: id'),
    });
  });

  test('that is empty where something was asked for is strange, too', async () => {
    await expect(ask({})).rejects.toMatchObject({ code: 'openstack.strange-answer' });
  });
});

describe('a secret', () => {
  test('stays out of every error, even when the cloud repeats it', async () => {
    await using cloud = await SmallCloud.start();
    const signIn = cloud.signIn();
    const errors: unknown[] = [];
    const caught = async (work: Promise<unknown>): Promise<void> => {
      errors.push(
        await work.then(
          () => expect.fail('it was not refused'),
          (error: unknown) => error,
        ),
      );
    };
    await using session = await CloudSession.open(signIn, never, cloud.clock);
    const token = await session.token();
    const ask = { schema: z.null(), body: { adminPass: PASSWORD }, signal: never };
    const replies: Reply[] = [
      { status: 400, body: { badRequest: { message: `Invalid input ${PASSWORD} with ${token}` } } },
      { status: 500, body: `<p>X-Auth-Token: ${token} ${PASSWORD}</p>` },
      { status: 200, body: `{"${PASSWORD}"` },
      { status: 200, body: { secret: PASSWORD, token } },
      { body: null },
    ];
    const count = replies.length;
    cloud.on('POST /compute/v2.1/servers', () => replies.shift() ?? {});
    for (let at = 0; at < count; at++) await caught(session.request('compute', 'POST', '/servers', ask));
    cloud.on('POST /identity/v3/auth/tokens', () => ({
      status: 400,
      body: { error: { message: `${PASSWORD} is wrong` } },
    }));
    await caught(CloudSession.open(signIn, never, cloud.clock));
    cloud.on('POST /identity/v3/auth/tokens', () => ({ body: null }));
    await caught(CloudSession.open(signIn, never, cloud.clock));

    expect(errors).toHaveLength(count + 2);
    const told = inspect(errors, { depth: 20, showHidden: true, maxStringLength: null });
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain(token);
    expect(told).toContain('Invalid input … with …');
  });
});
