/** What can go wrong between Guts and its RabbitMQ. */
import { trustAdvice, type ShownCertificate } from '../../certificates.ts';
import { GutsError } from '../../shared/errors.ts';

export class BrokerUrlError extends GutsError {
  readonly code = 'broker.url';
  readonly remedy =
    'Give it as amqps://USER@HOST/VIRTUALHOST, with a port behind the host where that is not 5671; letters that URLs cannot have as %XX.';

  constructor(says: string) {
    super(`The broker’s address cannot be understood. ${says}`);
  }
}

/** The URL is not repeated: the password is in it. */
export class PasswordInBrokerUrlError extends GutsError {
  readonly code = 'broker.password-in-url';
  readonly remedy =
    'Leave the password out of the address, and keep it in a file that Guts alone may read (--broker-password-file), or in the vault. Others may have seen this one: change it.';

  constructor() {
    super('The broker’s address has a password in it, where lists of processes and logs show it.');
  }
}

export class BrokerNeedsTlsError extends GutsError {
  readonly code = 'broker.needs-tls';
  readonly remedy =
    'Turn TLS on at the broker, and use amqps:// with the authority that signed its certificate (--ca-file), or its fingerprint (--fingerprint).';

  constructor(host: string) {
    super(`“${host}” is another machine, and amqp:// is not encrypted.`);
  }
}

export class BrokerPasswordFileError extends GutsError {
  readonly code = 'broker.password-file';
  readonly remedy = 'Write the password of the broker’s user into that file, on one line, readable by Guts alone.';
}

export class BrokerUnreachableError extends GutsError {
  readonly code = 'broker.unreachable';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(place: string, why: string, options?: ErrorOptions) {
    super(`The broker at ${place} cannot be reached (${why}).`, options);
    this.remedy = /ENOTFOUND|EAI_AGAIN/.test(why)
      ? 'The name does not resolve on this machine: check it, add it to DNS or to the hosts file, or use an address.'
      : 'Check that RabbitMQ runs there, that the port is the one for this kind of address (5671 for amqps, 5672 for amqp), and that no firewall is in the way. Guts goes on trying.';
  }
}

/** A connection that worked broke off. */
export class BrokerLostError extends GutsError {
  readonly code = 'broker.lost';
  readonly remedy = 'Look whether RabbitMQ was stopped or the network is down. Guts connects again by itself.';
  override readonly retryable = true;

  constructor(place: string, why: string, options?: ErrorOptions) {
    super(`The connection to the broker at ${place} broke off (${why}).`, options);
  }
}

/** Whoever uses the broker has closed it. */
export class BrokerClosedError extends GutsError {
  readonly code = 'broker.closed';
  readonly remedy = 'Guts is ending here; ask again when it runs.';
  override readonly retryable = true;

  constructor() {
    super('The connection to the broker was closed.');
  }
}

export class BrokerLoginError extends GutsError {
  readonly code = 'broker.login';
  readonly remedy =
    'Check the user’s name in the address and the password in its file; at the broker, rabbitmqctl authenticate_user tells whether they are right. The user “guest” may sign in from the broker’s own machine only.';

  constructor(place: string, user: string, options?: ErrorOptions) {
    super(`The broker at ${place} refuses the user “${user}” with this password.`, options);
  }
}

export class BrokerRightsError extends GutsError {
  readonly code = 'broker.rights';
  readonly remedy: string;

  constructor(place: string, user: string, virtualHost: string, says: string, options?: ErrorOptions) {
    super(
      `The broker at ${place} does not let “${user}” into the virtual host “${virtualHost}” or at what Guts keeps there: ${says}.`,
      options,
    );
    this.remedy = `At the broker, make the virtual host where it is missing, and give the user its rights: rabbitmqctl set_permissions -p '${virtualHost}' '${user}' '^guts\\.' '^(guts\\.|amq\\.default$)' '^guts\\.'`;
  }
}

export class BrokerUntrustedError extends GutsError {
  readonly code = 'broker.untrusted';
  readonly remedy: string;

  /** @param shown null where it could not be seen any more */
  constructor(place: string, problem: string, shown: ShownCertificate | null, options?: ErrorOptions) {
    super(`The certificate of the broker at ${place} cannot be trusted: ${problem}.`, options);
    this.remedy = trustAdvice(problem, shown, 'broker', { ca: '--ca-file', fingerprint: '--fingerprint' });
  }
}

export class BrokerCertificateChangedError extends GutsError {
  readonly code = 'broker.certificate-changed';
  readonly remedy =
    'Ask the broker’s administrator whether its certificate was renewed. If it was, compare the new fingerprint and trust that one (--fingerprint); if not, somebody stands between you and the broker.';

  constructor(place: string, expected: string, found: string) {
    super(
      `The broker at ${place} shows another certificate than the one that was trusted: ${found} instead of ${expected}.`,
    );
  }
}

export class BrokerTooOldError extends GutsError {
  readonly code = 'broker.too-old';
  readonly remedy = 'Use RabbitMQ 3.10 or newer: Guts needs its quorum queues with dead letters that are not lost.';

  constructor(place: string, what: string) {
    super(`The broker at ${place} is ${what}.`);
  }
}

/** A queue of that name is there, made otherwise: by hand, by a policy, or by another Guts. */
export class BrokerQueueDiffersError extends GutsError {
  readonly code = 'broker.queue-differs';
  readonly remedy: string;

  constructor(place: string, virtualHost: string, says: string, options?: ErrorOptions) {
    super(`The broker at ${place} has a queue or exchange that is not as Guts makes it: ${says}.`, options);
    this.remedy = `Stop daemon and workers, look that it is empty, and delete it at the broker, as by rabbitmqctl delete_queue -p '${virtualHost}' NAME; Guts makes it anew. Keep names that begin with “guts.” to Guts.`;
  }
}

/** Something else that the broker does not do. */
export class BrokerRefusedError extends GutsError {
  readonly code = 'broker.refused';
  readonly remedy = 'Look into the broker’s log for the reason. Guts goes on trying.';
  override readonly retryable = true;

  constructor(place: string, says: string, options?: ErrorOptions) {
    super(`The broker at ${place} refuses: ${says}.`, options);
  }
}

/** Nothing that is sent is taken until the broker has room again. */
export class BrokerBlockedError extends GutsError {
  readonly code = 'broker.blocked';
  readonly remedy =
    'Give the broker more memory or disk, or find out what fills its queues (rabbitmqctl list_queues). It goes on by itself then.';
  override readonly retryable = true;

  constructor(place: string, reason: string) {
    super(`The broker at ${place} takes no messages: it has run short of something (${reason}).`);
  }
}

/** The broker says no to a message, and never why: the queue holds as much as it may, or has no leader. */
export class BrokerQueueFullError extends GutsError {
  readonly code = 'broker.queue-full';
  readonly remedy =
    'Look whether whoever should read it runs. Where rabbitmq-queues quorum_status says that the queue has no leader, bring the broker’s other nodes back; where there are none, delete the queue, and Guts makes it anew.';
  override readonly retryable = true;

  constructor(to: string) {
    super(`The broker takes no message for “${to}”: it is full, or has no leader.`);
  }
}

/** Nobody has a queue of that name. */
export class BrokerNoQueueError extends GutsError {
  readonly code = 'broker.no-queue';
  readonly remedy = 'Look whether whoever should read it runs, and try again.';
  override readonly retryable = true;

  constructor(to: string) {
    super(`There is no queue “${to}” at the broker.`);
  }
}

/** More waits to be sent than shall be kept in memory. */
export class BrokerCongestedError extends GutsError {
  readonly code = 'broker.congested';
  readonly remedy = 'Wait until the broker takes messages again, and try again.';
  override readonly retryable = true;

  constructor(messages: number) {
    super(`${messages} messages wait for the broker already.`);
  }
}

export class MessageTooLargeError extends GutsError {
  readonly code = 'broker.message-too-large';
  readonly remedy = 'This is a fault in Guts: report it with what the log says before it.';

  constructor(bytes: number, most: number) {
    super(`A message has ${bytes} bytes; ${most} is the most.`);
  }
}
