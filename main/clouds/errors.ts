/** What can be wrong with a clouds.yaml or openrc file, each with its way out; never with a secret out of it. */
import { GutsError } from '../shared/errors.ts';

/** There, but not to be read, too large, or no text. */
export class UnreadableFileError extends GutsError {
  readonly code = 'clouds.unreadable';
  readonly remedy = 'Check the path and the rights of the file, and that it is the file that you mean.';
}

/** Not YAML, or not the shape that the OpenStack client reads. */
export class DamagedCloudsFileError extends GutsError {
  readonly code = 'clouds.damaged';
  readonly remedy = 'Mend the line that the message names, or download the file again from the dashboard.';
}

export class NoCloudsFileError extends GutsError {
  readonly code = 'clouds.no-file';
  readonly remedy =
    'Download clouds.yaml from the dashboard (API Access) into ~/.config/openstack, or name it in OS_CLIENT_CONFIG_FILE.';

  constructor(looked: readonly string[]) {
    super(`There is no clouds.yaml. Looked for ${looked.join(', ')}.`);
  }
}

export class NoSuchCloudError extends GutsError {
  readonly code = 'clouds.no-such-cloud';
  readonly remedy: string;

  constructor(name: string, file: string, names: readonly string[]) {
    super(`${file} knows no cloud “${name}”.`);
    this.remedy = names.length === 0 ? 'Add the cloud to the file.' : `Choose one of ${names.join(', ')}.`;
  }
}

/** Something that a sign-in needs is not said. */
export class IncompleteCloudError extends GutsError {
  readonly code = 'clouds.incomplete';
  readonly remedy: string;

  constructor(what: string, name: string) {
    super(`${what} names no ${name}.`);
    this.remedy = `Add ${name}, or give it as an option of the command.`;
  }
}

/** Sound, but a way to sign in that Guts does not know. */
export class UnsupportedCloudError extends GutsError {
  readonly code = 'clouds.unsupported';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

export class UnknownProfileError extends UnsupportedCloudError {
  constructor(what: string, profile: string) {
    super(
      `${what} takes the profile “${profile}”, which no clouds-public.yaml holds.`,
      'Write what the profile stands for (auth_url, region_name …) into clouds.yaml itself.',
    );
  }
}

/** The file asks for what Guts never does: to trust whoever answers. */
export class UncheckedCloudError extends GutsError {
  readonly code = 'clouds.unchecked';
  readonly remedy =
    'Remove that line, and name the authority that signed the cloud’s certificate (cacert), or pin the certificate (--fingerprint).';

  constructor(what: string, setting: string) {
    super(`${what} turns the check of certificates off (${setting}); anybody could read the password then.`);
  }
}
