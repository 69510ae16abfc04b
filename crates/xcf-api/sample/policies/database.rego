package main

import rego.v1

# A database that the internet can reach is refused, whoever approves it.
deny contains result if {
	some unit in input.units
	unit.module == "database"
	unit.inputs.public == true
	result := {
		"id": "public-database",
		"unit": unit.id,
		"msg": sprintf("%s would be reachable from the internet. Set public: false.", [unit.id]),
	}
}

warn contains result if {
	some unit in input.units
	unit.environment == "prod"
	unit.module == "database"
	unit.inputs.storage_gb < 100
	result := {
		"id": "small-database",
		"unit": unit.id,
		"msg": sprintf("%s has less than 100 GiB in production", [unit.id]),
	}
}
