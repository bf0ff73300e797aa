export { bookTransactions } from './book-transactions.ts';
export { listDelays } from './list-delays.ts';
export { closeBookingLetter, pushBookings, retryBooking, waysOutOfBookings } from './open-questions.ts';
export { pullTransaction } from './pull-transaction.ts';
export { readFeed, readSooner } from './read-feed.ts';
export { releaseFunds } from './release-funds.ts';
