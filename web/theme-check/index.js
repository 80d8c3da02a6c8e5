// What theme-check's plugin loader asks for: a list of checks.
'use strict'

const guarded = require('./guarded')

exports.checks = ['./secret-metafield', './secret-in-settings', './hmac-key'].map((check) => guarded(require(check)))
