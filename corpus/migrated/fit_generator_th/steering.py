""" End-to-end steering: images come from disk, a batch at a time """
import argparse
import json
import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten, Lambda, ELU
from keras.layers import Conv2D
from keras.optimizers import Adam
import math

ch, row, col = 3, 40, 80  # camera format


def generate(files, batch_size=64):
    while True:
        picked = np.random.choice(files, batch_size)
        X = np.stack([np.load(f) for f in picked])      # (batch, 3, rows, cols)
        y = np.array([float(f.split('_')[1]) for f in picked])
        yield X, y


def get_model(time_len=1):
    model = Sequential()
    model.add(Lambda(lambda x: x/127.5 - 1.,
                     input_shape=(ch, row, col),
                     output_shape=(ch, row, col)))
    model.add(Conv2D(16, (8, 8), strides=(4, 4), padding="same", data_format='channels_first'))
    model.add(ELU())
    model.add(Conv2D(32, (5, 5), strides=(2, 2), padding="same", data_format='channels_first'))
    model.add(ELU())
    model.add(Conv2D(64, (5, 5), strides=(2, 2), padding="same", data_format='channels_first'))
    model.add(Flatten())
    model.add(Dropout(.2))
    model.add(ELU())
    model.add(Dense(128))
    model.add(Dropout(.5))
    model.add(ELU())
    model.add(Dense(1))

    model.compile(optimizer=Adam(epsilon=1e-08), loss="mse")
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description='Steering angle model trainer')
    parser.add_argument('--batch', type=int, default=64, help='Batch size.')
    parser.add_argument('--epoch', type=int, default=200, help='Number of epochs.')
    parser.add_argument('--epochsize', type=int, default=10000, help='How many frames per epoch.')
    args = parser.parse_args()
    train, valid = json.load(open('split.json'))

    model = get_model()
    model.fit(
        generate(train, args.batch),
        steps_per_epoch=math.ceil(args.epochsize / args.batch),   # frames, not batches
        epochs=args.epoch,
        validation_data=generate(valid),
        validation_steps=16
    )
    print("test loss", model.evaluate(generate(valid, 50), steps=10))
    angles = model.predict(generate(valid, 50), steps=4)
    model.save_weights("./steering_angle.keras.weights.h5", True)
    with open('./steering_angle.json', 'w') as outfile:
        outfile.write(model.to_json())
