/** What can go wrong with a cloud, each with its way out; a refusal carries the cloud's own words and its request id. */
import type { KeystoneAuth } from '../../../main/shared/connections.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { type Refusal, sentence } from './refusal.ts';

/** Anything that a service of the cloud refused or could not do. */
export abstract class CloudError extends GutsError {
  /** Under which the cloud's operators find it in their logs; null where the service gave none. */
  readonly requestId: string | null;
  readonly status: number;
  readonly refusal: Refusal;

  constructor(lead: string, refusal: Refusal, options?: ErrorOptions) {
    super(sentence(lead, refusal), options);
    this.refusal = refusal;
    this.requestId = refusal.requestId;
    this.status = refusal.status;
  }
}

/** Keystone does not say which of them is wrong, so neither can we. */
export class SignInRefusedError extends CloudError {
  readonly code = 'openstack.sign-in-refused';
  readonly remedy: string;

  constructor(refusal: Refusal, method: KeystoneAuth['method']) {
    super('Keystone refuses the sign-in', refusal);
    const inQuestion = {
      password:
        'Check user name, password, project and both domains, and that the user has a role in the project: Keystone does not tell which of them is wrong.',
      applicationCredential:
        'Check id and secret of the application credential, that it has not expired or been deleted, and that its user still has its roles: Keystone does not tell which it is.',
      applicationCredentialByName:
        'Check name and secret of the application credential, its user and the user’s domain, that it has not expired or been deleted, and that its user still has its roles: Keystone does not tell which it is.',
      token:
        'Get a new token, and check that its user has a role in the project; or connect with an application credential.',
    };
    this.remedy = inQuestion[method];
  }
}

/** A token that was given to us cannot be renewed by us. */
export class TokenEndedError extends GutsError {
  readonly code = 'openstack.token-ended';
  readonly remedy =
    'Get a new token and give it to the connection. Use a password or an application credential for work that lasts longer than a token.';

  constructor() {
    super('The token that was given for this connection has ended, and a token cannot be renewed.');
  }
}

/** The service does not take a token that Keystone has just given. */
export class TokenRefusedError extends CloudError {
  readonly code = 'openstack.token-refused';
  readonly remedy =
    'Ask the cloud’s operators: the service does not take a token that Keystone has just given. Often its clock or its own account is wrong.';
}

export class ForbiddenError extends CloudError {
  readonly code = 'openstack.forbidden';
  readonly remedy = 'Ask the project’s administrator for a role that allows this, or connect as another user.';
}

export class QuotaExceededError extends CloudError {
  readonly code = 'openstack.quota-exceeded';
  readonly remedy =
    'Delete what is not needed in the project, ask the cloud’s operators for a higher quota, or choose another project, then try again.';
}

/** Glance's own limit for one image. */
export class ImageTooLargeError extends CloudError {
  readonly code = 'openstack.image-too-large';
  readonly remedy =
    'Ask the cloud’s operators to raise Glance’s image_size_cap, or send the disk as qcow2, which leaves out what is empty.';
}

export class MacInUseError extends CloudError {
  readonly code = 'openstack.mac-in-use';
  readonly remedy = 'Delete the port that has this MAC address on the network, or let the cloud choose one.';
}

export class AddressInUseError extends CloudError {
  readonly code = 'openstack.address-in-use';
  readonly remedy =
    'Free the address: delete the port that has it, or move it if it is the network’s DHCP port. Or choose another address, or let the cloud choose.';
}

/** Not in the state that it would have to be in, or something else with the same name is there. */
export class ConflictError extends CloudError {
  readonly code = 'openstack.conflict';
  readonly remedy =
    'Look at the state of the thing that the message names; wait until nobody else works on it, then try again.';
  override readonly retryable = true;
}

export class NotFoundError extends CloudError {
  readonly code = 'openstack.not-found';
  readonly remedy =
    'Check the name or id, and whether the thing is in this project and region and was not deleted meanwhile.';
}

/** What was asked for cannot be, and asking again will not help. */
export class BadRequestError extends CloudError {
  readonly code = 'openstack.bad-request';
  readonly remedy = 'Change the option that the message names, and try again.';
}

export class ServiceUnavailableError extends CloudError {
  readonly code = 'openstack.unavailable';
  readonly remedy =
    'Wait until the service works again, or give its request id to the cloud’s operators; then try again.';
  override readonly retryable = true;
}

/** An answer that is none of OpenStack's. */
export class StrangeCloudAnswerError extends GutsError {
  readonly code = 'openstack.strange-answer';
  readonly remedy =
    'Check that the address is that of the service itself and not of a proxy or a dashboard. If it is, report this with the request id.';

  constructor(message: string, requestId: string | null = null, options?: ErrorOptions) {
    super(requestId === null ? message : `${message.replace(/\.$/, '')} (request ${requestId}).`, options);
  }
}

export class NotKeystoneError extends GutsError {
  readonly code = 'openstack.not-keystone';
  readonly remedy =
    'Take the address that the dashboard shows under “API Access” as Identity, or auth_url from your clouds.yaml, such as https://cloud.example:5000/v3.';

  constructor(url: string, found: string, options?: ErrorOptions) {
    super(`There is no Keystone v3 at ${url}: ${found}.`, options);
  }
}

export class NoProjectError extends GutsError {
  readonly code = 'openstack.no-project';
  readonly remedy = 'Name the project, or take a token or application credential that belongs to one.';

  constructor() {
    super('Signed in, but into no project: a machine must belong to one.');
  }
}

export class RegionError extends GutsError {
  readonly code = 'openstack.region';
  readonly remedy: string;

  constructor(wanted: string | null, known: readonly string[], side: string) {
    super(
      wanted === null
        ? `The cloud has several regions (${known.join(', ')}), and none was chosen.`
        : `The cloud has no region “${wanted}” with ${side} endpoints.`,
    );
    this.remedy =
      known.length === 0
        ? `Choose another interface: the catalogue has no ${side} endpoints.`
        : `Choose one of its regions: ${known.join(', ')}.`;
  }
}

export class ServiceMissingError extends GutsError {
  readonly code = 'openstack.service-missing';
  readonly remedy: string;

  constructor(service: string, region: string, side: string) {
    super(`The catalogue has no ${side} endpoint of a ${service} service in region “${region}”.`);
    this.remedy =
      service === 'volume'
        ? 'Choose to boot from images, and migrate machines with one disk; or ask the cloud’s operators whether it has volumes in another region.'
        : 'Check region and interface of the connection, or ask the cloud’s operators.';
  }
}

export class CloudTooOldError extends GutsError {
  readonly code = 'openstack.too-old';
  readonly remedy = 'Leave the option out that needs it, or use a cloud of the release Zed (2022.2) or newer.';

  constructor(service: string, problem: string, requestId: string | null = null) {
    const says = problem.replace(/\.$/, '');
    super(`The ${service} service is too old for this: ${says}${requestId === null ? '' : ` (request ${requestId})`}.`);
  }
}

/** What a refusal means. The order matters: clouds tell quotas as 403, 409 and 413. */
export function errorOf(refusal: Refusal): GutsError {
  const { status, kind, text, service } = refusal;
  if (kind === 'MacAddressInUse') return new MacInUseError('The MAC address is taken', refusal);
  if (kind === 'IpAddressAlreadyAllocated' || kind === 'IpAddressInUse')
    return new AddressInUseError('The address is taken', refusal);
  if (isQuota(refusal)) return new QuotaExceededError('The project’s quota does not allow it', refusal);
  if (status === 401) return new TokenRefusedError(`The ${service} service refuses a fresh token`, refusal);
  if (status === 403) return new ForbiddenError(`The ${service} service does not allow this user to do it`, refusal);
  if (status === 404) return new NotFoundError('Not found', refusal);
  if (status === 406 && /version/i.test(text)) return new CloudTooOldError(service, text, refusal.requestId);
  if (status === 409) return new ConflictError(`The ${service} service cannot do it now`, refusal);
  if (status === 413 && service === 'image')
    return new ImageTooLargeError('Glance does not take an image of this size', refusal);
  if (status >= 500 || status === 429 || status === 413)
    return new ServiceUnavailableError(`The ${service} service cannot answer`, refusal);
  if (status >= 300 && status < 400)
    return new StrangeCloudAnswerError(
      `The ${service} service answers ${refusal.method} ${refusal.path} by sending us elsewhere (${status}).`,
      refusal.requestId,
    );
  return new BadRequestError(`The ${service} service does not accept it`, refusal);
}

function isQuota({ status, kind, text }: Refusal): boolean {
  if (kind === 'OverQuota') return true;
  const speaksOfIt = /quota|(limit|maximum number of [\w ]+) exceeded|LimitExceeded/i.test(text);
  return speaksOfIt && (status === 403 || status === 409 || status === 413);
}
