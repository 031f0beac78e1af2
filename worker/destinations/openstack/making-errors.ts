/** What can go wrong with things that the cloud had agreed to make. */
import type { MigrationOptions, MigrationPlan } from '../../../main/shared/migration.ts';
import { GutsError } from '../../../main/shared/errors.ts';

/** What Glance has is not what was sent. */
export class ImageDiffersError extends GutsError {
  readonly code = 'openstack.image-differs';
  readonly remedy =
    'The image was not used. Try again; if it differs again, ask the cloud’s operators about Glance’s store and about proxies in front of it.';
  override readonly retryable = true;
}

/** A token ended, or was ended, just as an upload began; the next try renews it. */
export class TokenEndedMeanwhileError extends GutsError {
  readonly code = 'openstack.token-refused';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(refusal: GutsError) {
    super(refusal.message, { cause: refusal });
    this.remedy = refusal.remedy;
  }
}

/** An image does not become usable. */
export class ImageStuckError extends GutsError {
  readonly code = 'openstack.image-stuck';
  readonly remedy = 'Try again; if it stays so, give the image’s id to the cloud’s operators.';
  override readonly retryable = true;
}

/** Cinder took the order and then could not keep it. */
export class VolumeFailedError extends GutsError {
  readonly code = 'openstack.volume-failed';
  readonly remedy: string;

  constructor(message: string, says: string | null) {
    super(says === null ? message : `${withoutStop(message)}: ${withoutStop(says)}.`);
    this.remedy =
      says === null
        ? 'Try another volume type, or give the volume’s id to the cloud’s operators: Cinder tells its reasons only to them.'
        : 'Do what the message says, choose another volume type, or give the volume’s id to the cloud’s operators.';
  }
}

/** What of a server somebody could have wished otherwise. */
export interface ServerWish {
  readonly plan: Pick<MigrationPlan, 'profile'>;
  readonly options: Pick<MigrationOptions, 'flavor'>;
}

/** Nova took the order and then could not keep it. */
export class ServerFailedError extends GutsError {
  readonly code = 'openstack.server-failed';
  readonly remedy: string;

  /** @param wish null where the server has run already, so that it had a host */
  constructor(name: string, id: string, fault: string | null, wish: ServerWish | null) {
    super(`The server “${name}” (${id}) cannot be built: ${withoutStop(fault ?? 'Nova gives no reason')}.`);
    this.remedy =
      wish !== null && /no valid host|maximum number of retries/i.test(fault ?? '')
        ? noHostRemedy(wish)
        : 'Change what the message names and try again, or give the server’s id to the cloud’s operators.';
  }
}

/** Only what is not so already: Guts takes the smallest flavor that fits where nobody chose one. */
function noHostRemedy({ plan, options }: ServerWish): string {
  const others = [
    ...(options.flavor === null ? [] : ['a smaller flavor']),
    'another availability zone',
    ...(plan.profile.value === 'virtio' ? ['the profile “compatible”'] : []),
  ];
  const choices = new Intl.ListFormat('en', { type: 'disjunction' }).format(others);
  return `Have the cloud’s administrator look in nova-scheduler’s log, by the server’s id, why no host took it, or offer a flavor with fewer vCPUs. Or plan the machine anew with ${choices}.`;
}

/** The cloud boots servers of this flavor from volumes only. */
export class FlavorWithoutDiskError extends GutsError {
  readonly code = 'openstack.flavor-without-disk';
  readonly remedy = 'Choose a flavor with a disk, or boot the server from volumes (--volumes).';

  constructor(flavor: string, options?: ErrorOptions) {
    super(`The flavor “${flavor}” has no disk, and this cloud boots such servers from volumes only.`, options);
  }
}

/** What was made is not what was planned. */
export class ServerDiffersError extends GutsError {
  readonly code = 'openstack.server-differs';
  readonly remedy =
    'Look at the server in the cloud: somebody may have changed it, or the cloud did not do as it was asked. Then try again.';

  constructor(name: string, differences: readonly string[]) {
    super(`The server “${name}” is not as it was planned: ${differences.join('; ')}.`);
  }
}

/** The cloud is at work for longer than it should be. */
export class TooSlowError extends GutsError {
  readonly code = 'openstack.too-slow';
  readonly remedy = 'Ask the cloud’s operators why it takes so long, then try again.';
  override readonly retryable = true;
}

/** Something that we made does not go away. */
export class NotRemovedError extends GutsError {
  readonly code = 'openstack.not-removed';
  readonly remedy = 'Remove it by hand, or as left over later (“guts tidy --remove”).';
  override readonly retryable = true;
}

/** Nova's own words may end in a full stop, and some in a blank behind it. */
const withoutStop = (words: string): string => words.trim().replace(/\.$/, '');
