package signer

const ModulePath = modulePath

var ModuleVersion = moduleVersion
