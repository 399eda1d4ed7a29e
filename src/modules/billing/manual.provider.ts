import { Injectable } from '@nestjs/common';
import { NotOfferedError } from './billing.errors.js';
import { PaymentProvider } from './payment-provider.js';

/** Invoices are rows that are paid as they say, and that the operator closes: nobody else is to be told of anything. */
@Injectable()
export class ManualProvider extends PaymentProvider {
  change(): undefined {
    return undefined;
  }

  cancel(): undefined {
    return undefined;
  }

  resume(): undefined {
    return undefined;
  }

  pause(): undefined {
    return undefined;
  }

  setTrial(): undefined {
    return undefined;
  }

  collects(): boolean {
    return false;
  }

  checkout(): Promise<string> {
    return Promise.reject(new NotOfferedError('Paying online'));
  }

  portal(): Promise<string> {
    return Promise.reject(new NotOfferedError('A page for payments'));
  }
}
