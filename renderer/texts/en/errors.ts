/** What stands around an error; its own words come from where it happened. */
export const errors = {
  'error.whatToDo': 'What to do',
  'error.details': 'Details',
  'error.copy': 'Copy details',
  'error.copied': 'Copied',
  'error.tryAgain': 'Try again',
  'error.mayPass': 'Trying again may help.',
  'error.code': 'Code',
};
