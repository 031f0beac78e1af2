/** Turns what amqplib throws, which is English in a message, into errors that say what to do. */
import { GutsError } from '../../shared/errors.ts';
import { placeOf, type BrokerAddress } from './address.ts';
import {
  BrokerLoginError,
  BrokerLostError,
  BrokerNoQueueError,
  BrokerQueueDiffersError,
  BrokerRefusedError,
  BrokerRightsError,
  BrokerUnreachableError,
} from './errors.ts';

/** Of an attempt to connect. */
export function whyNoConnection(address: BrokerAddress, error: unknown): GutsError {
  if (error instanceof GutsError) return error;
  const place = placeOf(address);
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (/ACCESS.REFUSED/.test(message)) return new BrokerLoginError(place, address.user, options);
  // The user is let in, and the virtual host is not opened; amqplib keeps the broker's words for itself.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(message))
    return new BrokerRightsError(
      place,
      address.user,
      address.virtualHost,
      'it is not there, or the user has no rights in it',
      options,
    );
  if (/ETIMEDOUT/.test(message)) return new BrokerUnreachableError(place, 'ETIMEDOUT', options);
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL') === true)
    return new BrokerUnreachableError(place, 'it does not speak TLS on this port', options);
  if (/SASL mechanism/.test(message)) return new BrokerRefusedError(place, 'it takes no passwords (PLAIN)', options);
  return new BrokerUnreachableError(place, code ?? words(message), options);
}

/** Of a connection or channel that was open. */
export function whyEnded(address: BrokerAddress, error: unknown): GutsError {
  if (error instanceof GutsError) return error;
  const place = placeOf(address);
  const message = error instanceof Error ? error.message : 'it was closed';
  const options = { cause: error };
  const [, name = '', says = ''] = /"([A-Z_]+) - (.*)"/s.exec(message) ?? [];
  if (name === 'ACCESS_REFUSED')
    return new BrokerRightsError(place, address.user, address.virtualHost, words(says), options);
  if (name === 'PRECONDITION_FAILED' && /inequivalent arg/.test(says))
    return new BrokerQueueDiffersError(place, address.virtualHost, words(says), options);
  if (name === 'NOT_FOUND') return new BrokerNoQueueError(words(says));
  if (/channel/i.test(message) && name !== '' && name !== 'CONNECTION_FORCED')
    return new BrokerRefusedError(place, words(says), options);
  return new BrokerLostError(place, (error as NodeJS.ErrnoException).code?.toString() ?? words(message), options);
}

/** One line without what only Erlang needs. */
const words = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300).replace(/[.:]$/, '');
