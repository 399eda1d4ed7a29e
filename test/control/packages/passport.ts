import passport from 'passport';

export default passport;
