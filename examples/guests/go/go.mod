module gauntlet.example/gauntlet

go 1.24
