import { AppError } from '../../common/errors/app-error.js';

/** For a reader whose position is not in the log any longer, or never was. */
export class EventsMissingError extends AppError {
  constructor() {
    super(
      'gone',
      'events_missing',
      'The log has not all events after this position: they are older than 30 days, occurred while nobody read the log, or the position is from another log. Read the resources themselves, and then the events with `after=0`.',
    );
  }
}
