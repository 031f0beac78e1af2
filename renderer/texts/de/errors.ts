/** What stands around an error; its own words come from where it happened. */
export const errors = {
  'error.whatToDo': 'Was zu tun ist',
  'error.details': 'Einzelheiten',
  'error.copy': 'Einzelheiten kopieren',
  'error.copied': 'Kopiert',
  'error.tryAgain': 'Noch einmal versuchen',
  'error.mayPass': 'Ein neuer Versuch kann helfen.',
  'error.code': 'Kennung',
  'field.notNumber': 'Geben Sie eine Zahl an.',
  'field.outside': 'Von {{min}} bis {{max}}.',
};
