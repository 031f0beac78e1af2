/** Every word that the window shows, in English. `{{name}}` is filled in where the text is used. */
export const en = {
  'app.name': 'Guts',
  'app.promise': 'Virtual machines on their way to OpenStack',
  'app.version': 'Version {{version}}',

  'engine.title': 'Engine',
  'engine.starting': 'Starting',
  'engine.startingWhy': 'The engine’s thread is loading.',
  'engine.running': 'Running',
  'engine.failed': 'Stopped',
  'engine.up': 'Up for',
  'engine.upHours': '{{hours}} h {{minutes}} min {{seconds}} s',
  'engine.upMinutes': '{{minutes}} min {{seconds}} s',
  'engine.upSeconds': '{{seconds}} s',
  'engine.memory': 'Memory of Guts',
  'engine.jobs': 'Jobs',
  'engine.jobsDoneRunning': '{{done}} done, {{running}} running',
  'engine.written': 'Bytes written',
  'engine.idle': 'Nothing to do yet. This engine belongs to the window; commands bring one of their own.',
  'engine.restart': 'Start the engine again',

  'error.code': 'Error code',

  'commands.title': 'What Guts does now',
  'commands.where': 'Type these in a terminal.',
  'commands.whereFolder': 'Type these in a terminal, in this folder:',
  'commands.loading': 'Looking up how the command line is called here.',
  'commands.retry': 'Try again',
  'commands.copy': 'Copy',
  'commands.copyNamed': 'Copy the command for: {{title}}',
  'commands.copied': 'Copied',
  'commands.notCopied': 'Not copied',

  'demo.title': 'See a whole migration',
  'demo.text':
    'Moves a small machine from a simulated vCenter to a simulated OpenStack, proves it, and writes the report.',
  'convert.title': 'Convert a disk or an OVA',
  'convert.text':
    'VMDK, VHD, VHDX, VDI, qcow2, raw, OVA and OVF become qcow2, raw or VMDK. What was written is verified.',
  'inspect.title': 'Look inside',
  'inspect.text': 'Format, size, parents and warnings of an image; CPUs, memory, disks and networks of a machine.',
  'digest.title': 'Prove that two disks are equal',
  'digest.text': 'The content digest is the same for the same disk, whatever its format.',
} as const;

export type TextKey = keyof typeof en;
