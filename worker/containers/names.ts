/** The names of a container's files: what they may look like, so that none leads outside the container. */
import { ContainerLimitError, UnsafeNameError } from './errors.ts';

const MOST_NAME_BYTES = 1024;

/**
 * `name` with leading “./” taken away.
 * @throws UnsafeNameError for absolute paths, “..”, drive letters, backslashes, control characters, empty parts.
 */
export function safeName(name: string, container: string): string {
  if (Buffer.byteLength(name) > MOST_NAME_BYTES) {
    throw new ContainerLimitError(`“${container}” has a file name of more than ${MOST_NAME_BYTES} bytes.`);
  }
  let plain = name;
  while (plain.startsWith('./')) plain = plain.slice(2);
  const parts = plain.split('/');
  const isOdd = parts.some((part) => part === '' || part === '.' || part === '..');
  if (isOdd || /[\\\u0000-\u001f\u007f]/.test(plain) || /^[a-z]:/i.test(plain)) {
    throw new UnsafeNameError(`“${container}” names a file ${JSON.stringify(name)}.`);
  }
  return plain;
}

/** The last part of a path in either system's spelling. */
export function bareName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

/** The machine's name on one line, or the container's where the description gives none. */
export function machineName(told: string | undefined, container: string): string {
  // eslint-disable-next-line no-control-regex -- names must not carry them into terminals, logs and XML
  const oneLine = (text: string): string =>
    text
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      .trim()
      .slice(0, 255);
  return oneLine(told ?? '') || oneLine(bareName(container).replace(/\.[a-z]{2,4}$/i, '')) || 'unnamed';
}
