/** The foreign programs that parts of Guts use, and how Debian calls them. Installs them where that is possible, else says how. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';

/** @typedef {{ readonly name: string, readonly why: string, readonly isThere: boolean }} Package */

const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];

/** @param {string} command */
export function hasCommand(command) {
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @type {(name: string, why: string, command?: string) => Package} */
const tool = (name, why, command = name) => ({ name, why, isThere: hasCommand(command) });
/** @type {(name: string, why: string, files: readonly string[]) => Package} */
const files = (name, why, paths) => ({ name, why, isThere: paths.some((file) => existsSync(file)) });

/** A Python module as Debian installs it, compiled or not. @type {(name: string, why: string, module: string) => Package} */
const module = (name, why, module) => {
  const folder = '/usr/lib/python3/dist-packages';
  return {
    name,
    why,
    isThere: existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(`${module}.`)),
  };
};

const screen = () => [
  tool('xvfb', 'gives the window a screen that nobody sees', 'xvfb-run'),
  tool('xauth', 'gives the window a screen that nobody sees'),
];
/** For tests of the window. */
const window = () => [
  ...screen(),
  tool('gnome-keyring', 'gives tests a key store of their own', 'gnome-keyring-daemon'),
  tool('dbus', 'gives tests a key store of their own', 'dbus-run-session'),
];
const qemu = () => [
  tool('qemu-utils', 'compares disk images with what Guts makes of them', 'qemu-img'),
  tool('qemu-system-x86', 'boots what was migrated', 'qemu-system-x86_64'),
];
/** Programs by others that make or read the same formats: a second opinion on every one. */
const opinions = () => [
  tool('e2fsprogs', 'makes file systems for test disks', 'mke2fs'),
  module('python3-vmdkstream', 'makes VMDK disks for tests', 'VMDKstream'),
  tool('libvmdk-utils', 'reads VMDK disks in tests', 'vmdkinfo'),
  tool('libvhdi-utils', 'reads VHD and VHDX disks in tests', 'vhdiinfo'),
  module('python3-libvhdi', 'reads VHD and VHDX disks in tests', 'pyvhdi'),
  tool('fdisk', 'makes the disks of the Hyper-V lab', 'sfdisk'),
  tool('dosfstools', 'makes the disks of the Hyper-V lab', 'mkfs.vfat'),
  tool('libvirt-clients', 'holds libvirt domains against their schema', 'virt-xml-validate'),
  tool('libxml2-utils', 'holds libvirt domains against their schema', 'xmllint'),
  tool('binutils', 'reads the demo machine’s boot code', 'objdump'),
];

/** What workers and daemons meet at, for tests between them. */
const servers = () => [
  tool('rabbitmq-server', 'carries messages between daemon and workers in tests'),
  files('postgresql', 'holds the state of several daemons in tests', ['/usr/lib/postgresql']),
  tool('mariadb-server', 'holds the state of several daemons in tests', 'mariadbd'),
];
/** For a fleet on several computers. */
const hosts = () => [
  tool('iproute2', 'makes the hosts of a fleet, and cuts them off from each other in tests', 'ip'),
  files(
    'libfaketime',
    'lets a host’s clock jump in tests',
    ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`),
  ),
];

/** What each purpose uses besides Node; read when asked, since looking costs time. */
const uses = {
  start: () => (process.env['DISPLAY'] ? [] : screen()),
  demo: qemu,
  test: () => [...window(), ...qemu(), ...opinions()],
  interop: () => [...window(), ...qemu(), ...opinions(), ...servers(), ...hosts()],
  bench: () => [
    ...qemu(),
    ...opinions(),
    tool('curl', 'moves the same bytes, for comparison', 'curl'),
    files('python3-pyvmomi', 'reads the same inventory, for comparison', ['/usr/lib/python3/dist-packages/pyVmomi']),
    files('time', 'counts what a command costs', ['/usr/bin/time']),
  ],
  fuzz: () => [...qemu(), ...opinions()],
  guts: () => [],
  /** What npm needs so that it can build keytar, whose ready-made binary it may not reach. */
  install: () => [
    files('libsecret-1-dev', 'builds keytar, which keeps passwords in the key store', [
      '/usr/lib/x86_64-linux-gnu/pkgconfig/libsecret-1.pc',
      '/usr/lib/aarch64-linux-gnu/pkgconfig/libsecret-1.pc',
    ]),
    tool('pkg-config', 'builds keytar'),
    tool('g++', 'builds keytar'),
    tool('make', 'builds keytar'),
    tool('python3', 'builds keytar'),
  ],
};

/** @typedef {keyof typeof uses} Purpose */

/**
 * Brings in what `purpose` uses. Nothing of it is needed to go on: what stays missing is named with the command that
 * installs it, and the part that uses it says what it left out.
 * @param {Purpose} purpose
 * @param {(line: string) => void} say
 */
export function bringTools(purpose, say) {
  if (process.platform !== 'linux') return;
  const missing = uses[purpose]().filter(({ isThere }) => !isThere);
  if (missing.length === 0) return;
  for (const { name, why } of missing) say(`missing: ${name} (${why})`);
  const names = missing.map(({ name }) => name);
  const canInstall = process.getuid?.() === 0 && hasCommand('apt-get') && existsSync('/etc/debian_version');
  if (!canInstall) {
    say(`to install: ${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install ${names.join(' ')}`);
    return;
  }
  say(`installing ${names.join(', ')} with apt-get`);
  if (install(names)) return;
  apt(['update']);
  if (install(names)) return;
  const left = names.filter((name) => !install([name])); // one that is not to be had must not cost the others
  if (left.length > 0) say(`could not install ${left.join(', ')}; going on without`);
}

/** @param {readonly string[]} names */
function install(names) {
  return apt(['install', '-y', '--no-install-recommends', ...names]);
}

/** @param {readonly string[]} words */
function apt(words) {
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', [...quiet, ...words], { stdio: 'ignore', env }).status === 0;
}

/** @param {string} word @returns {word is Purpose} */
export function isPurpose(word) {
  return word !== 'install' && Object.hasOwn(uses, word);
}
